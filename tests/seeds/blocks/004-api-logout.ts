// pages/api/logout.ts
import { NextApiRequest, NextApiResponse } from 'next'

export default function handler(req: NextApiRequest, res: NextApiResponse) {
res.setHeader(
'Set-Cookie',
'session=; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT; HttpOnly; Secure; SameSite=Lax'
)
res.status(200).json({ message: 'Logged out successfully' })
}
