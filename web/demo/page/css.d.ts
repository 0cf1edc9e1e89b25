/** Style sheets that come with the code of a view. */
declare module '*.css';
