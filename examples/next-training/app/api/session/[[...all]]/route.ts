import { sessions } from '@/lib/session';

export async function GET(request: Request) {
  return (await sessions()).handlers.GET(request);
}

export async function POST(request: Request) {
  return (await sessions()).handlers.POST(request);
}
