// One message at the foot of a page. Styles are set by script, which every Content-Security-Policy
// allows that allows the script.
const BOX =
  'position:fixed;z-index:2147483647;left:50%;bottom:1.5rem;transform:translateX(-50%);' +
  'max-width:min(32rem,calc(100vw - 2rem));box-sizing:border-box;display:flex;gap:1rem;' +
  'align-items:center;padding:.75rem 1rem;border-radius:.5rem;background:#1d2526;color:#fff;' +
  'font:1rem/1.4 system-ui,sans-serif;box-shadow:0 .25rem 1rem rgb(0 0 0/.35)';
const BUTTON =
  'all:unset;cursor:pointer;padding:.125rem .5rem;border:1px solid #fff;border-radius:.25rem;' +
  'color:#fff;font:inherit;outline:revert';

let current: HTMLElement | null = null;

/** Shows `text` until it is dismissed or another page is loaded: a time limit would be too short
 * for somebody. */
export function showToast(text: string): void {
  current?.remove();
  const box = document.createElement('div');
  box.dataset['latchkeyToast'] = '';
  box.style.cssText = BOX;
  const message = document.createElement('span');
  message.setAttribute('role', 'status');
  const close = document.createElement('button');
  close.type = 'button';
  close.style.cssText = BUTTON;
  close.textContent = 'Close';
  close.addEventListener('click', () => box.remove());
  box.append(message, close);
  document.body.append(box);
  // Screen readers announce what changes in a region that is there already.
  setTimeout(() => (message.textContent = text), 0);
  current = box;
}
