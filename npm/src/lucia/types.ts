// What an application says of its tables, and the types that follow.

/** Augment it to type users and sessions: `declare module 'latchkey/lucia' { interface Register }`. */
export interface Register {}

export type UserId = Register extends { UserId: infer Id } ? Id : string;
export type RegisteredDatabaseUserAttributes = Register extends {
  DatabaseUserAttributes: infer Attributes;
}
  ? Attributes
  : {};
export type RegisteredDatabaseSessionAttributes = Register extends {
  DatabaseSessionAttributes: infer Attributes;
}
  ? Attributes
  : {};
