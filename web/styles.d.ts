// Style sheets that a page's script imports: the build puts them into the page's main.css, and nothing comes back.
declare module "*.css";
