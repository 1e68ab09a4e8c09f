/** The pages that `init` writes into an application of Next.js. */
import type { Style } from './templates';
import { deviceName } from './templates_style';

/** Where the parts of the pages are: the App Router makes no address of such a folder. */
export const PARTS = '_auth';

const typesIn = ({ typescript }: Style) => (types: string) => (typescript ? types : '');

export const actions = (style: Style): string => {
  const t = typesIn(style);
  return `'use server';

import { headers } from 'next/headers';
import { redirect } from 'next/navigation';
import { safePath } from 'latchkey/next';
import * as session from '${style.session}';
${t("import type { FormState } from './state';\n")}
export async function logIn(_before${t(': FormState')}, form${t(': FormData')})${t(': Promise<FormState>')} {
  return enter('/login', session.logIn, form);
}

export async function signUp(_before${t(': FormState')}, form${t(': FormData')})${t(': Promise<FormState>')} {
  return enter('/signup', session.signUp, form);
}

async function enter(page${t(': string')}, how${t(': typeof session.logIn')}, form${t(': FormData')})${t(': Promise<FormState>')} {
  const [username, password] = [form.get('username'), form.get('password')];
  const remember = form.get('remember') === 'yes';
  const next = safePath(form.get('next'), '/account');
  const { rejection } = await how({ username, password }, { remember });
  if (!rejection) redirect(next); // after every try: redirect() throws
  const field = rejection.code === 'wrong_credentials' ? 'password' : rejection.field;
  const state = { problem: { ...rejection, field }, username: String(username ?? ''), remember };
  return answer(page, state, { next, ...(!remember && { remember: 'no' }) });
}

export async function changePassword(_before${t(': FormState')}, form${t(': FormData')})${t(': Promise<FormState>')} {
  await session.verifySession({ next: '/account' });
  const [current, replacement] = [form.get('current'), form.get('replacement')];
  const rejection = await session.changePassword({ current, replacement });
  if (!rejection) return answer('/account', { done: true }, { done: 'yes' });
  const field = rejection.code === 'wrong_credentials' ? 'current' : rejection.field && 'replacement';
  return answer('/account', { problem: { ...rejection, field } });
}

// A form that is sent without JavaScript is answered with a page. What was wrong is in its address,
// because Next.js loses the state of such a form when Cache Components are on.
async function answer(page${t(': string')}, state${t(': FormState')}, query${t(': Record<string, string>')} = {})${t(': Promise<FormState>')} {
  if ((await headers()).has('next-action')) return state;
  const { code, field } = state.problem ?? {};
  const problem = { ...(code && { code }), ...(field && { field }) };
  redirect(\`\${page}?\${new URLSearchParams({ ...query, ...problem })}\`);
}

export async function logOut() {
  await session.logout('/login');
}

export async function endDevice(form${t(': FormData')}) {
  await session.verifySession({ next: '/account/devices' });
  await session.revokeOwnSession(String(form.get('id') ?? ''));
  redirect('/account/devices');
}

export async function endOtherDevices() {
  await session.verifySession({ next: '/account/devices' });
  await session.deleteOtherSessions();
  redirect('/account/devices');
}
`;
};

export const state = (style: Style): string => {
  const t = typesIn(style);
  return `${t(`export interface FormState {
  /** What is wrong, and the field that it is about; null: the form as a whole. */
  problem?: { code: string; message: string; field: string | null };
  done?: boolean;
  username?: string;
  remember?: boolean;
}

export type Query = Record<string, string | string[] | undefined>;

`)}// For a form that was sent without JavaScript: its problem is known by the code alone.
const MESSAGES${t(': Record<string, string>')} = {
  username_invalid: 'This user name cannot be used.',
  username_taken: 'This user name is already taken.',
  password_too_short: 'The password is too short. Use at least 15 characters.',
  password_too_long: 'The password is too long.',
  wrong_credentials: 'User name or password is wrong.',
  rate_limited: 'Too many tries. Wait before you try again.',
  sign_up_closed: 'New accounts cannot be made here.',
};

/** What the address of a page says of the form that was sent before. */
export function stateIn({ code, field, done, remember }${t(': Query')})${t(': FormState')} {
  const message = MESSAGES[String(code)] ?? 'That did not work. Try something else.';
  const problem = { code: String(code), message, field: typeof field === 'string' ? field : null };
  return { ...(code && { problem }), done: done === 'yes', remember: remember !== 'no' };
}
`;
};

export const forms = (style: Style): string => {
  const t = typesIn(style);
  return `'use client';

import { useActionState${t(', type ComponentProps')} } from 'react';
import { changePassword, logIn, signUp } from './actions';
${t("import type { FormState } from './state';\n")}\
import css from './style.module.css';

${t(`interface EntranceProps {
  kind: 'login' | 'signup';
  next: string;
  before: FormState;
}

`)}\
// Both forms work without JavaScript, too: \`before\` is what was wrong with the last try.
export function EntranceForm({ kind, next, before }${t(': EntranceProps')}) {
  const isNew = kind === 'signup';
  const [state, send, pending] = useActionState(isNew ? signUp : logIn, before);
  const { problem, username, remember = true } = state;
  return (
    <form action={send}>
      <Problem problem={problem} />
      <Field
        label="User name or e-mail"
        name="username"
        autoComplete="username"
        defaultValue={username}
        problem={problem}
      />
      <Field
        label="Password"
        name="password"
        type="password"
        autoComplete={isNew ? 'new-password' : 'current-password'}
        problem={problem}
      />
      <label className={css.check}>
        <input
          key={String(remember)}
          type="checkbox"
          name="remember"
          value="yes"
          defaultChecked={remember}
        />
        Remember me on this device
      </label>
      <input type="hidden" name="next" value={next} />
      <button disabled={pending}>{isNew ? 'Sign up' : 'Log in'}</button>
    </form>
  );
}

export function PasswordForm({ before }${t(': { before: FormState }')}) {
  const [state, send, pending] = useActionState(changePassword, before);
  const { problem, done } = state;
  return (
    <form action={send}>
      {done && <p role="status">Your password is changed. Every other device is logged out.</p>}
      <Problem problem={problem} />
      <Field
        label="Current password"
        name="current"
        type="password"
        autoComplete="current-password"
        problem={problem}
      />
      <Field
        label="New password"
        name="replacement"
        type="password"
        autoComplete="new-password"
        problem={problem}
      />
      <button disabled={pending}>Change password</button>
    </form>
  );
}

// What is about no single field.
function Problem({ problem }${t(": Pick<FormState, 'problem'>")}) {
  return problem && problem.field === null ? <p role="alert">{problem.message}</p> : null;
}
${t(`
interface FieldProps extends ComponentProps<'input'>, Pick<FormState, 'problem'> {
  label: string;
  name: string;
}
`)}
function Field({ label, problem, ...input }${t(': FieldProps')}) {
  const { name } = input;
  const wrong = problem?.field === name ? problem.message : null;
  const invalid = wrong && { 'aria-invalid': true, 'aria-describedby': \`\${name}-problem\` };
  return (
    <div className={css.field}>
      <label htmlFor={name}>{label}</label>
      <input id={name} required {...invalid} {...input} />
      {wrong && (
        <p role="alert" id={\`\${name}-problem\`}>
          {wrong}
        </p>
      )}
    </div>
  );
}
`;
};

interface Page {
  title: string;
  imports: string;
  /** Whether it reads what its address says. */
  query?: boolean;
  body: string;
  content: string;
}

/**
 * A page that waits for its session, so that it is whole without JavaScript, too. With Cache
 * Components that is said by \`instant\`; where that is not known yet, it has to be streamed.
 */
function page(style: Style, { title, imports, query = false, body, content }: Page): string {
  const t = typesIn(style);
  const streamed = style.waits === 'streamed';
  const given = query ? ' searchParams={searchParams}' : '';
  const taken = query ? `{ searchParams }${t(': Props')}` : '';
  return `${streamed ? "import { Suspense } from 'react';\n" : ''}${imports}
export const metadata = { title: '${title}' };
${style.waits === 'instant' ? '// Nothing is shown before it is known who asks.\nexport const instant = false;\n' : ''}\
${query ? t('\ninterface Props {\n  searchParams: Promise<Query>;\n}\n') : ''}
async function Content(${taken}) {
${content}}

export default function Page(${taken}) {
  return (
    <main className={css.page}>
      <div className={css.card}>
        <h1>${title}</h1>
${streamed ? `        <Suspense>\n          <Content${given} />\n        </Suspense>\n` : `        <Content${given} />\n`}\
${body}\
      </div>
    </main>
  );
}
`;
}

const stateImport = (style: Style) => `stateIn${typesIn(style)(', type Query')}`;

const entrance = (style: Style, kind: 'login' | 'signup'): string => {
  const stateIn = stateImport(style);
  const [title, other] =
    kind === 'login'
      ? ['Log in', 'New here? <Link href="/signup">Sign up</Link>']
      : ['Sign up', 'Already with us? <Link href="/login">Log in</Link>'];
  return page(style, {
    title,
    imports: `import Link from 'next/link';
import { safePath } from 'latchkey/next';
import { redirectIfSignedIn } from '${style.session}';
import { EntranceForm } from '../${PARTS}/forms';
import { ${stateIn} } from '../${PARTS}/state';
import css from '../${PARTS}/style.module.css';
`,
    query: true,
    content: `  const query = await searchParams;
  const next = safePath(query.next, '/account');
  await redirectIfSignedIn(next);
  return <EntranceForm kind="${kind}" next={next} before={stateIn(query)} />;
`,
    body: `        <p>
          ${other}
        </p>
`,
  });
};

export const loginPage = (style: Style): string => entrance(style, 'login');
export const signupPage = (style: Style): string => entrance(style, 'signup');

export const accountPage = (style: Style): string => {
  const stateIn = stateImport(style);
  return page(style, {
    title: 'Your account',
    imports: `import Link from 'next/link';
import { verifyAuth, verifySession } from '${style.session}';
import { logOut } from '../${PARTS}/actions';
import { PasswordForm } from '../${PARTS}/forms';
import { ${stateIn} } from '../${PARTS}/state';
import css from '../${PARTS}/style.module.css';
`,
    content: `  await verifySession({ next: '/account' }); // or a redirect to the login page
  const { user } = await verifyAuth();
  return (
    <>
      <p>Signed in as {user?.username}.</p>
      <form action={logOut}>
        <button>Log out</button>
      </form>
      <p>
        <Link href="/account/devices">Where you are logged in</Link>
      </p>
      <h2>Change your password</h2>
      <PasswordForm before={stateIn(await searchParams)} />
    </>
  );
`,
    query: true,
    body: '',
  });
};

export const devicesPage = (style: Style): string =>
  `${page(style, {
    title: 'Your devices',
    imports: `import Link from 'next/link';
import { listSessions, verifySession } from '${style.session}';
import { endDevice, endOtherDevices } from '../../${PARTS}/actions';
import css from '../../${PARTS}/style.module.css';
`,
    content: `  await verifySession({ next: '/account/devices' });
  const devices = await listSessions();
  return (
    <>
      <ul>
        {devices.map(({ id, userAgent, lastSeenAt, current }) => (
          <li key={id}>
            {nameOf(userAgent)} {current && <strong>(this one)</strong>}
            <small>last seen {lastSeenAt.toISOString().slice(0, 16).replace('T', ' ')} UTC</small>
            {!current && (
              <form action={endDevice}>
                <input type="hidden" name="id" value={id} />
                <button className={css.quiet}>Log out there</button>
              </form>
            )}
          </li>
        ))}
      </ul>
      {devices.length > 1 && (
        <form action={endOtherDevices}>
          <button>Log out everywhere else</button>
        </form>
      )}
    </>
  );
`,
    body: `        <p>
          <Link href="/account">Your account</Link>
        </p>
`,
  })}
${deviceName(typesIn(style))}`;

export const examplePage = (style: Style): string =>
  page(style, {
    title: 'Members only',
    imports: `import Link from 'next/link';
import { verifyAuth, verifySession } from '${style.session}';
import css from '../${PARTS}/style.module.css';
`,
    content: `  // An example to copy: the check belongs where the data is read.
  const { userId } = await verifySession({ next: '/members' }); // or a redirect to the login page
  const { user } = await verifyAuth();
  return (
    <p>
      Hello {user?.username}. Your user id is {userId}.
    </p>
  );
`,
    body: `        <p>
          <Link href="/account">Your account</Link>
        </p>
`,
  });
