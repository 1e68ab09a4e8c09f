/** The files that `init` writes into an application of SvelteKit. */
import { deviceName, STYLESHEET } from './templates_style';

type Types = (types: string) => string;

const AUTH = (t: Types): string => `import { building, dev } from '$app/environment';
import { env } from '$env/dynamic/private';
import { createAuth } from 'latchkey/sveltekit';

// A build has no environment and opens no store. In production set LATCHKEY_PUBLIC_URL to the address
// browsers use, and LATCHKEY_STORE to a database that a deployment does not replace, such as
// sqlite:/var/lib/app/app.db.
const { LATCHKEY_STORE, LATCHKEY_PUBLIC_URL, PORT }${t(': Record<string, string | undefined>')} = building ? {} : env;

export const auth = createAuth({
	store: LATCHKEY_STORE ?? 'sqlite:data/app.db',
	publicUrl: LATCHKEY_PUBLIC_URL ?? \`http://localhost:\${PORT ?? (dev ? 5173 : 4173)}\`,
	login: '/login',
	home: '/account'
});
`;

const HOOKS = `import { auth } from '$lib/server/auth';

// Whatever is in src/routes/(private) is for signed-in users. The name of the route decides, because
// a path has more than one spelling.
export const handle = auth.handle({
	withUser: true,
	require: ({ route }) => route?.id?.startsWith('/(private)') ?? false
});
`;

const CARD = (t: Types): string => `<script${t(' lang="ts"')}>
${t("\timport type { Snippet } from 'svelte';\n")}\
	import './style.css';

	let { title, children }${t(': { title: string; children: Snippet }')} = $props();
</script>

<svelte:head><title>{title}</title></svelte:head>

<main class="page">
	<div class="card">
		<h1>{title}</h1>
		{@render children()}
	</div>
</main>
`;

const FIELD = (t: Types): string => `<script${t(' lang="ts"')}>
${t(`	import type { HTMLInputAttributes } from 'svelte/elements';
	import type { Problem } from './problem';

	interface Props extends HTMLInputAttributes {
		label: string;
		name: string;
		problem?: Problem | null;
	}

`)}\
	let { label, problem, ...input }${t(': Props')} = $props();
	const wrong = $derived(problem?.field === input.name ? problem?.message : undefined);
</script>

<div class="field">
	<label for={input.name}>{label}</label>
	<input
		id={input.name}
		required
		aria-invalid={wrong ? true : undefined}
		aria-describedby={wrong ? \`\${input.name}-problem\` : undefined}
		{...input}
	/>
	{#if wrong}<p role="alert" id="{input.name}-problem">{wrong}</p>{/if}
</div>
`;

const PROBLEM = (t: Types): string => `${t(`import type { Rejection } from 'latchkey';

/** What is wrong, and the field that it is about; null: the form as a whole. */
export interface Problem {
	message: string;
	field: string | null;
}

`)}\
/** Which field shows a problem: nobody is told whether the name or the password was wrong. */
export function problemOf({ message, code, field }${t(': Rejection')}, password${t(': string')})${t(': Problem')} {
	return { message, field: code === 'wrong_credentials' ? password : field };
}

// Too many tries are told from what is wrong with the form.
export const statusOf = ({ code }${t(': Rejection')}) => (code === 'rate_limited' ? 429 : 422);
`;

const ENTRANCE = (t: Types): string => `<script${t(' lang="ts"')}>
	import { enhance } from '$app/forms';
	import Card from './Card.svelte';
	import Field from './Field.svelte';
${t(`	import type { Problem } from './problem';

	interface Props {
		kind: 'login' | 'signup';
		next: string;
		form: { problem: Problem; username: string; remember: boolean } | null;
	}
`)}
	let { kind, next, form }${t(': Props')} = $props();
	const isNew = $derived(kind === 'signup');
	const title = $derived(isNew ? 'Sign up' : 'Log in');
	const problem = $derived(form?.problem);
</script>

<Card {title}>
	<form method="post" use:enhance>
		{#if problem && problem.field === null}<p role="alert">{problem.message}</p>{/if}
		<Field
			label="User name or e-mail"
			name="username"
			autocomplete="username"
			value={form?.username ?? ''}
			{problem}
		/>
		<Field
			label="Password"
			name="password"
			type="password"
			autocomplete={isNew ? 'new-password' : 'current-password'}
			{problem}
		/>
		<label class="check">
			<input type="checkbox" name="remember" value="yes" checked={form?.remember ?? true} />
			Remember me on this device
		</label>
		<input type="hidden" name="next" value={next} />
		<button>{title}</button>
	</form>
	{#if isNew}
		<p>Already with us? <a href="/login">Log in</a></p>
	{:else}
		<p>New here? <a href="/signup">Sign up</a></p>
	{/if}
</Card>
`;

const entrancePage = (t: Types, kind: 'login' | 'signup'): string => `<script${t(' lang="ts"')}>
	import Entrance from '$lib/auth/Entrance.svelte';

	let { data, form } = $props();
</script>

<Entrance kind="${kind}" next={data.next} {form} />
`;

const entranceServer = (t: Types, call: 'logIn' | 'signUp'): string => `\
import { fail, redirect } from '@sveltejs/kit';
import { problemOf, statusOf } from '$lib/auth/problem';
${t("import type { Actions, PageServerLoad } from './$types';\n")}
export const load${t(': PageServerLoad')} = ({ locals, url }) => {
	const next = locals.auth.safeNext(url.searchParams.get('next'));
	if (locals.auth.userId) redirect(303, next);
	return { next };
};

export const actions${t(': Actions')} = {
	default: async ({ locals, request }) => {
		const form = await request.formData();
		const [username, password] = [form.get('username'), form.get('password')];
		const remember = form.get('remember') === 'yes';
		const rejection = await locals.auth.${call}({ username, password }, { remember });
		if (!rejection) redirect(303, locals.auth.safeNext(form.get('next')));
		const problem = problemOf(rejection, 'password');
		return fail(statusOf(rejection), { problem, username: String(username ?? ''), remember });
	}
};
`;

const ACCOUNT = (t: Types): string => `<script${t(' lang="ts"')}>
	import { enhance } from '$app/forms';
	import Card from '$lib/auth/Card.svelte';
	import Field from '$lib/auth/Field.svelte';

	let { data, form } = $props();
	const problem = $derived(form?.problem);
</script>

<Card title="Your account">
	<p>Signed in as {data.username}.</p>
	<form method="post" action="?/logout" use:enhance><button>Log out</button></form>
	<p><a href="/account/devices">Where you are logged in</a></p>
	<h2>Change your password</h2>
	<form method="post" action="?/password" use:enhance>
		{#if form?.done}
			<p role="status">Your password is changed. Every other device is logged out.</p>
		{/if}
		{#if problem && problem.field === null}<p role="alert">{problem.message}</p>{/if}
		<Field
			label="Current password"
			name="current"
			type="password"
			autocomplete="current-password"
			{problem}
		/>
		<Field
			label="New password"
			name="replacement"
			type="password"
			autocomplete="new-password"
			{problem}
		/>
		<button>Change password</button>
	</form>
</Card>
`;

const ACCOUNT_SERVER = (t: Types): string => `import { fail, redirect } from '@sveltejs/kit';
import { problemOf, statusOf } from '$lib/auth/problem';
${t("import type { Actions, PageServerLoad } from './$types';\n")}
export const load${t(': PageServerLoad')} = ({ locals }) => ({ username: locals.auth.user?.username ?? '' });

export const actions${t(': Actions')} = {
	logout: async ({ locals }) => {
		await locals.auth.logOut();
		redirect(303, '/login');
	},
	password: async ({ locals, request }) => {
		const form = await request.formData();
		const rejection = await locals.auth.changePassword(form.get('current'), form.get('replacement'));
		if (!rejection) return { done: true, problem: null };
		const problem = problemOf(rejection, 'current');
		const field = problem.field === 'password' ? 'replacement' : problem.field;
		return fail(statusOf(rejection), { done: false, problem: { ...problem, field } });
	}
};
`;

const DEVICES = (t: Types): string => `<script${t(' lang="ts"')}>
	import { enhance } from '$app/forms';
	import Card from '$lib/auth/Card.svelte';

	let { data } = $props();

${deviceName(t).replace(/^(?=.)/gm, '\t').replace(/^(\t+)( +)/gm, (_, tabs, blanks) => tabs + '\t'.repeat(blanks.length / 2))}\
</script>

<Card title="Your devices">
	<ul>
		{#each data.devices as { id, userAgent, lastSeen, current } (id)}
			<li>
				{nameOf(userAgent)} {#if current}<strong>(this one)</strong>{/if}
				<small>last seen {lastSeen} UTC</small>
				{#if !current}
					<form method="post" action="?/end" use:enhance>
						<input type="hidden" name="id" value={id} />
						<button class="quiet">Log out there</button>
					</form>
				{/if}
			</li>
		{/each}
	</ul>
	{#if data.devices.length > 1}
		<form method="post" action="?/others" use:enhance>
			<button>Log out everywhere else</button>
		</form>
	{/if}
	<p><a href="/account">Your account</a></p>
</Card>
`;

const DEVICES_SERVER = (t: Types): string => `import { redirect } from '@sveltejs/kit';
${t("import type { Actions, PageServerLoad } from './$types';\n")}
export const load${t(': PageServerLoad')} = async ({ locals }) => {
	const devices = await locals.auth.devices();
	// No more than the page shows.
	return {
		devices: devices.map(({ id, userAgent, lastSeenAt, current }) => ({
			id,
			userAgent,
			current,
			lastSeen: lastSeenAt.toISOString().slice(0, 16).replace('T', ' ')
		}))
	};
};

export const actions${t(': Actions')} = {
	end: async ({ locals, request }) => {
		const form = await request.formData();
		await locals.auth.endDevice(String(form.get('id') ?? ''));
		redirect(303, '/account/devices');
	},
	others: async ({ locals }) => {
		await locals.auth.logOutOthers();
		redirect(303, '/account/devices');
	}
};
`;

const MEMBERS = (t: Types): string => `<script${t(' lang="ts"')}>
	import Card from '$lib/auth/Card.svelte';

	let { data } = $props();
</script>

<Card title="Members only">
	<p>Hello {data.username}. Your user id is {data.userId}.</p>
	<p><a href="/account">Your account</a></p>
</Card>
`;

const MEMBERS_SERVER = (t: Types): string => `${t("import type { PageServerLoad } from './$types';\n\n")}\
// An example to copy: in the folder (private), the hook lets nobody else come here.
export const load${t(': PageServerLoad')} = ({ locals }) => ({
	userId: locals.auth.userId,
	username: locals.auth.user?.username ?? ''
});
`;

/** The wiring, by path below src/, without \`.ts\` or \`.js\`. */
export function svelteWiring(t: Types): Record<string, string> {
  return { 'lib/server/auth': AUTH(t), 'hooks.server': HOOKS };
}

/** The pages. A name with a point in it is whole, another one gets \`.ts\` or \`.js\`. */
export function sveltePages(t: Types): Record<string, string> {
  const at = (address: string, page: string, server: string) => ({
    [`routes/${address}/+page.svelte`]: page,
    [`routes/${address}/+page.server`]: server,
  });
  return {
    'lib/auth/style.css': `body:has(.page) { margin: 0; }\n${STYLESHEET}`,
    'lib/auth/problem': PROBLEM(t),
    'lib/auth/Card.svelte': CARD(t),
    'lib/auth/Field.svelte': FIELD(t),
    'lib/auth/Entrance.svelte': ENTRANCE(t),
    ...at('login', entrancePage(t, 'login'), entranceServer(t, 'logIn')),
    ...at('signup', entrancePage(t, 'signup'), entranceServer(t, 'signUp')),
    ...at('(private)/account', ACCOUNT(t), ACCOUNT_SERVER(t)),
    ...at('(private)/account/devices', DEVICES(t), DEVICES_SERVER(t)),
    ...at('(private)/members', MEMBERS(t), MEMBERS_SERVER(t)),
  };
}

export const LOCALS = `interface Locals {
			auth: import('latchkey/sveltekit').RequestSession;
		}`;
