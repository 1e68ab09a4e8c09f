/** The text of the toast. */
export const EXPIRED_MESSAGE = 'Session expired. Please log in again.';
/** What it says when the session was ended from elsewhere. */
export const REVOKED_MESSAGE = 'Your session was ended. Please log in again.';
