'use client';
import { useAtomValue } from 'jotai';
import { userAtom } from '@/atoms/user';
import { SessionManager } from '@/components/manager-dal';

export default function Page() {
  return <><SessionManager /><h1>{useAtomValue(userAtom)?.name ?? 'nobody yet'}</h1></>;
}
