// As much of a query builder as the text uses.
export const sessions = { id: 'id' as const };
const rows: { id: number; userId: number; expiresAt: Date }[] = [];

export const db = {
  insert: (_table: typeof sessions) => ({
    values: (row: { userId: number; expiresAt: Date }) => ({
      async returning(_columns: { id: 'id' }) {
        rows.push({ id: rows.length + 7, ...row });
        return [{ id: rows.length + 6 }];
      },
    }),
  }),
};
