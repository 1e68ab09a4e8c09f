export default function About() {
  return <h1>The same for everybody</h1>;
}
