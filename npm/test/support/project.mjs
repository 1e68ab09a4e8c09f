// A Next.js project in a folder of its own, and the command line in it.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const PACKAGE = fileURLToPath(new URL('../..', import.meta.url));
const CLI = join(PACKAGE, 'dist/cli.js');

export function project(t, files, manifest = {}) {
  const root = mkdtempSync(join(tmpdir(), 'latchkey-cli-'));
  t.after(() => rmSync(root, { recursive: true }));
  const dependencies = { next: '16.4.6', latchkey: '0.1.0' };
  const all = { 'package.json': JSON.stringify({ dependencies, ...manifest }), ...files };
  for (const [path, text] of Object.entries(all)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return {
    root,
    has: (path) => existsSync(join(root, path)),
    read: (path) => readFileSync(join(root, path), 'utf8'),
    run: (...words) => {
      const env = { PATH: process.env.PATH, HOME: root };
      const options = { cwd: root, env, encoding: 'utf8', timeout: 60_000 };
      const done = spawnSync(process.execPath, [CLI, ...words], options);
      return { code: done.status, out: done.stdout, err: done.stderr };
    },
  };
}

/** The layout of create-next-app 16.4. */
export const LAYOUT = `import type { Metadata } from "next";
import { Geist } from "next/font/google";
import "./globals.css";

const geistSans = Geist({ variable: "--font-geist-sans", subsets: ["latin"] });

export default function RootLayout({ children }: Readonly<{ children: React.ReactNode }>) {
  return (
    <html lang="en" className={\`\${geistSans.variable} h-full antialiased\`}>
      <body className="min-h-full flex flex-col">{children}</body>
    </html>
  );
}
`;

/** What is there when `init` is called in a project of create-next-app. */
export const CREATED = {
  'tsconfig.json': '{ "compilerOptions": { "strict": true, "paths": { "@/*": ["./src/*"] } } }',
  'src/app/layout.tsx': LAYOUT,
  'src/app/page.tsx': 'export default function Home() { return <main>Home</main>; }\n',
  '.gitignore': '/node_modules\n.env*\n',
};
