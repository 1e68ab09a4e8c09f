'use client';
import { handleInvalidSession } from '@/app/lib/handle-invalid';

export function Invalid() {
  return <button onClick={() => handleInvalidSession()}>invalid</button>;
}
