'use client';
import { useAtomValue } from 'jotai';
import { userAtom } from '@/atoms/user';

export default function Page() {
  return <h1>{useAtomValue(userAtom)?.name ?? 'nobody yet'}</h1>;
}
