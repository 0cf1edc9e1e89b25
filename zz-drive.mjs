import { chromium } from 'playwright-core';
const b = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox','--disable-gpu'] });
for (const url of process.argv.slice(2)) { const p = await b.newPage(); p.on('console', m => console.log('  console', m.text())); p.on('requestfailed', r => console.log('  failed', r.url())); await p.goto(url); await p.waitForFunction(() => /^(ok|fail)/.test(document.title), null, { timeout: 25000 }).catch(()=>{}); console.log(url, await p.title()); await p.close(); }
await b.close();
