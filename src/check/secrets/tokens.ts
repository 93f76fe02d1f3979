/** Forms of secrets that tell themselves by how they look, whatever stands around them. */
export interface TokenForm {
  what: string;
  /** Matches the token alone, anywhere in a line. */
  pattern: RegExp;
}

const edge = '(?![A-Za-z0-9_-])';

/** Published forms; each is specific enough to be certain. */
export const tokenForms: readonly TokenForm[] = [
  { what: 'a GitHub token', pattern: new RegExp(`\\b(?:gh[pousr]_[A-Za-z0-9]{36,255}|github_pat_[A-Za-z0-9_]{60,})${edge}`) },
  { what: 'a GitLab token', pattern: new RegExp(`\\bgl(?:pat|dt|rt|ptt|agent|oas|soat|cbt|ft)-[A-Za-z0-9_-]{20,}${edge}`) },
  { what: 'an AWS access key id', pattern: /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/ },
  { what: 'a Slack token', pattern: new RegExp(`\\bxox[abeoprs]-[A-Za-z0-9-]{20,}${edge}`) },
  { what: 'a Slack webhook', pattern: /\bhooks\.slack\.com\/services\/T[A-Z0-9]{6,}\/B[A-Z0-9]{6,}\/[A-Za-z0-9]{20,}/ },
  { what: 'a Google API key', pattern: new RegExp(`\\bAIza[0-9A-Za-z_-]{35}${edge}`) },
  { what: 'a Google client secret', pattern: new RegExp(`\\bGOCSPX-[0-9A-Za-z_-]{28}${edge}`) },
  { what: 'an npm token', pattern: new RegExp(`\\bnpm_[A-Za-z0-9]{36}${edge}`) },
  { what: 'a PyPI token', pattern: /\bpypi-AgEIcHlwaS5vcmc[A-Za-z0-9_-]{50,}/ },
  { what: 'a Docker Hub token', pattern: new RegExp(`\\bdckr_(?:pat|oat)_[A-Za-z0-9_-]{20,}${edge}`) },
  { what: 'a Stripe key', pattern: new RegExp(`\\b(?:sk|rk)_live_[A-Za-z0-9]{20,}${edge}`) },
  { what: 'an API key', pattern: new RegExp(`\\bsk-(?:[a-z]+[0-9]*-)*[A-Za-z0-9_-]{40,}${edge}`) },
  { what: 'a SendGrid key', pattern: /\bSG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}/ },
  { what: 'a Telegram bot token', pattern: new RegExp(`\\b[0-9]{8,10}:AA[A-Za-z0-9_-]{33}${edge}`) },
  { what: 'a Vault token', pattern: new RegExp(`\\bhv[sbr]\\.[A-Za-z0-9_-]{24,}${edge}`) },
  { what: 'an age key', pattern: /\bAGE-SECRET-KEY-1[0-9A-Z]{58}\b/ },
  { what: 'an Azure storage key', pattern: /\bAccountKey=[A-Za-z0-9+/]{86}==/ },
  { what: 'a JSON Web Token', pattern: /\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}/ },
];
