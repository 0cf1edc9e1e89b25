/** VitePress' own theme, without its font, in the colours and type of the page. */
import DefaultTheme from 'vitepress/theme-without-fonts';
import 'katex/dist/katex.min.css';
import './style.css';

export default DefaultTheme;
