export interface InitOptions { dir: string }
export interface InitResult { files: string[] }
export const initSources = (): string[] => [];
export const initPlatform = (_: InitOptions): InitResult => ({ files: [] });
