import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

// The program that `npm run dev` talks to: ./supir serve --no-browser
const program = process.env.SUPIR_URL ?? 'http://127.0.0.1:6688';

export default defineConfig({
  plugins: [react()],
  build: {
    outDir: process.env.SUPIR_WWWROOT ?? '../artifacts/web',
    emptyOutDir: true,
    // The page's content policy allows no data: addresses but for pictures.
    assetsInlineLimit: 0,
    reportCompressedSize: false,
  },
  server: {
    proxy: { '/api': program, '/openapi': program },
    fs: { allow: ['..'] },
  },
  test: { include: ['src/**/*.test.{ts,tsx}'] },
});
