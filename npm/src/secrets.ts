import { makeError } from './errors';

/**
 * The text of secrets as the core takes it, which separates them at commas and blanks. A text is
 * what an environment variable holds, one secret or several behind commas or line ends; an entry of
 * a list is one. A passphrase with blanks would be cut into weak pieces, so it is refused.
 */
export function secretsText(secret: string | readonly string[]): string {
  if (typeof secret !== 'string' && !isTexts(secret)) {
    const message = 'secret: text or a list of texts is expected';
    throw makeError('ERR_LATCHKEY_BAD_CONFIG', message);
  }
  const listed = typeof secret === 'string' ? secret.split(/[,\r\n]/) : secret;
  const secrets = listed.map((one) => one.trim()).filter((one) => one !== '');
  if (secrets.some((one) => /[,\s]/.test(one))) {
    throw makeError(
      'ERR_LATCHKEY_BAD_CONFIG',
      'a secret has no blanks, and one in a list no commas: `npx latchkey secret` makes one',
    );
  }
  return secrets.join(',');
}

function isTexts(list: unknown): list is readonly string[] {
  return Array.isArray(list) && list.every((one) => typeof one === 'string');
}
