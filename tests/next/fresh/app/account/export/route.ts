// A handler without a check of its own, as nobody should write it.
const run = () => new Response('Only the proxy guards this');

export { run as GET, run as POST, run as PUT, run as PATCH, run as DELETE };
