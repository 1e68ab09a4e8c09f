export function showToast(text) {
  document.getElementById('toast').textContent += text;
}
