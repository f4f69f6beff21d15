import "@kit/shell.css";
import "@kit/page.css";
import "@kit/screen.css";
import { ApiError } from "@api/client";
import { startLanguage } from "@kit/i18n";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { router } from "./app/router";

/** A refusal will not change by asking again; a broken connection may. */
const queries = new QueryClient({
  defaultOptions: {
    queries: {
      retry: (count, error) => count < 2 && !(error instanceof ApiError && error.status >= 400 && error.status < 500),
      staleTime: 5_000,
      refetchOnWindowFocus: true,
    },
  },
});

/** After an upgrade the page files of the old version are gone: load the new start page once instead of showing an error. */
window.addEventListener("vite:preloadError", (event) => {
  const last = Number(sessionStorage.getItem("anlan.reloaded") ?? 0);
  if (Date.now() - last < 30_000) return;
  sessionStorage.setItem("anlan.reloaded", String(Date.now()));
  event.preventDefault();
  location.reload();
});

const root = document.getElementById("root");
if (root) {
  void startLanguage().then(() =>
    createRoot(root).render(
      <StrictMode>
        <QueryClientProvider client={queries}>
          <RouterProvider router={router} />
        </QueryClientProvider>
      </StrictMode>,
    ),
  );
}
