import { quote } from '../register/quoteCommand';

/** The request as a command for people without `ml`. */
export function curlFor(endpoint: string, request: string): string {
  return [
    `curl -sS ${quote(`${endpoint}/infer`)}`,
    "-H 'content-type: application/json'",
    `-d ${quote(compact(request))}`,
  ].join(' \\\n  ');
}

/** Takes out the white space between tokens; numbers stay as they were written. */
function compact(json: string): string {
  return json.replace(/("(?:[^"\\]|\\.)*")|\s+/g, (_all, text) => text ?? '');
}
