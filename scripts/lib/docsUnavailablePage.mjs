/** The page that the portal shows where the documentation could not be rendered. */
export function docsUnavailablePage(reason) {
  const escaped = reason.replace(/&/g, '&amp;').replace(/</g, '&lt;');
  return `<!doctype html>
<html lang="en">
  <head><meta charset="utf-8" /><title>Documentation is not available</title></head>
  <body>
    <div class="md-container" data-md-component="container">
      <main class="md-main" data-md-component="main">
        <div class="md-main__inner md-grid">
          <div class="md-content" data-md-component="content">
            <article class="md-content__inner md-typeset">
              <h1>The documentation could not be rendered</h1>
              <p>${escaped}</p>
              <p>
                Install Python 3 with its <code>venv</code> module (on Debian and
                Ubuntu: <code>apt-get install python3 python3-venv</code>), then run
                <code>npm start</code> again. Until then, read the same pages as
                Markdown in the <code>docs</code> folder of the repository.
              </p>
            </article>
          </div>
        </div>
      </main>
    </div>
  </body>
</html>
`;
}
