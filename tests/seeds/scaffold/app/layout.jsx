export default function Layout({ children }) {
  return <html lang="en"><body>{children}<p id="toast" /></body></html>;
}
