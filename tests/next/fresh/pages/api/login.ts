import type { NextApiRequest, NextApiResponse } from 'next';
import { pagesRouter } from '../../lib/pages_sessions';

export default async function login(request: NextApiRequest, response: NextApiResponse) {
  await pagesRouter.create(request, response, 'ada');
  response.redirect(303, '/old');
}
