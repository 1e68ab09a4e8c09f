import { Scrypt } from 'lucia';

export const databasePath = () => process.env.SEEDS_DATABASE ?? ':memory:';

// The test makes the tables and the one user; a real application would insert one here.
export async function createUser(email, passwordHash) {
  if (!(await new Scrypt().verify(passwordHash, 'a long enough password'))) throw new Error('weak');
  return email === 'ada@example.com' ? 'ada' : Promise.reject(new Error('taken'));
}

export const hashPassword = (password) => new Scrypt().hash(password);
