export type SessionPayload = { userId?: string; sessionId?: number; expiresAt: Date };
