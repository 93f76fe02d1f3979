import { createHash, createHmac } from 'node:crypto';
import { webClient, type Answer } from './web-client.js';

/** Keys of an S3 server and where it is. */
export interface S3 {
  address: string;
  port: number;
  accessKey: string;
  secretKey: string;
}

const region = 'us-east-1';

/** Sends one request that is signed as AWS asks (Signature Version 4). The path is /BUCKET/KEY of plain letters. */
export function s3Request(s3: S3, method: 'GET' | 'PUT' | 'HEAD', path: string, body = ''): Promise<Answer> {
  const host = `${s3.address}:${s3.port}`;
  const time = new Date().toISOString().replace(/[-:]|\.\d+/g, '');
  const day = time.slice(0, 8);
  const content = sha256(body);
  const names = 'host;x-amz-content-sha256;x-amz-date';
  const canonical = [method, path, '', `host:${host}`, `x-amz-content-sha256:${content}`, `x-amz-date:${time}`, '', names, content].join('\n');
  const scope = `${day}/${region}/s3/aws4_request`;
  const key = [day, region, 's3', 'aws4_request'].reduce<string | Buffer>((secret, part) => createHmac('sha256', secret).update(part).digest(), `AWS4${s3.secretKey}`);
  const signature = createHmac('sha256', key).update(`AWS4-HMAC-SHA256\n${time}\n${scope}\n${sha256(canonical)}`).digest('hex');
  const authorization = `AWS4-HMAC-SHA256 Credential=${s3.accessKey}/${scope}, SignedHeaders=${names}, Signature=${signature}`;
  const headers = { authorization, 'x-amz-content-sha256': content, 'x-amz-date': time };
  return webClient(s3.address)(`http://${host}${path}`, { method, headers, ...(method === 'PUT' ? { body } : {}) });
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
