export default function Login() {
  return <h1>Please log in</h1>;
}
