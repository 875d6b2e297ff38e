/** The report's style sheet: one column of text, figures in a grid, both colour schemes. */

import { colourRules } from "./palette.ts";

/** All CSS of the report; nothing is loaded from elsewhere. */
export function styleSheet(): string {
  return `${colourRules()}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);
  font:16px/1.6 Inter,system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;
  -webkit-text-size-adjust:100%}
main{max-width:1080px;margin:0 auto;padding:56px 24px 72px}
h1{font-size:clamp(1.7rem,4.5vw,2.4rem);line-height:1.15;letter-spacing:-.02em;margin:0 0 .5em;
  font-weight:650}
h2{font-size:1.2rem;letter-spacing:-.01em;margin:3.2rem 0 .4rem;font-weight:620}
h3{font-size:1rem;margin:0 0 .15rem;font-weight:620}
p{margin:.4rem 0 1rem;max-width:44rem}
.lead{font-size:1.12rem;color:var(--ink)}
.soft,figcaption,footer{color:var(--soft)}
figure{margin:0;min-width:0}
figcaption{font-size:.85rem;line-height:1.45;padding:.45rem .1rem 0}
figcaption b{color:var(--ink);font-weight:600}
figure>svg{display:block;width:100%;height:auto}
.panel>figure>svg{border:1px solid var(--line);border-radius:6px;background:var(--card)}
.grid{display:grid;gap:22px 20px;margin-top:1.2rem}
.three{grid-template-columns:repeat(3,minmax(0,1fr))}
.charts{grid-template-columns:repeat(2,minmax(0,1fr));gap:28px 32px}
.scroll{overflow-x:auto;margin:1rem 0}
table{border-collapse:collapse;font-variant-numeric:tabular-nums;font-size:.94rem;width:100%}
th,td{padding:.5rem .9rem;text-align:right;border-bottom:1px solid var(--line);white-space:nowrap}
th:first-child{text-align:left;padding-left:.1rem}
td:last-child,thead th:last-child{padding-right:.1rem}
thead th{color:var(--soft);font-weight:500;font-size:.82rem;vertical-align:bottom}
tbody th{font-weight:600}
.swatch{display:inline-block;width:.7em;height:.7em;border-radius:2px;margin-right:.5em}
.legend{display:flex;flex-wrap:wrap;gap:.2rem 1.3rem;font-size:.88rem;margin:.8rem 0 0;padding:0;
  list-style:none;color:var(--soft)}
.legend li{white-space:nowrap}
.about{display:grid;grid-template-columns:repeat(2,minmax(0,1fr));gap:1.6rem 2.4rem;margin-top:1.2rem}
.about p{margin:.3rem 0 0;font-size:.94rem;line-height:1.55}
.formula{font-family:"STIX Two Text","Iowan Old Style",Palatino,Georgia,serif;font-size:1rem;
  color:var(--ink);overflow-wrap:anywhere}
.formula sup,.formula sub{font-size:.72em;line-height:0}
dl.facts{display:grid;grid-template-columns:repeat(auto-fill,minmax(165px,1fr));gap:.9rem 1.6rem;
  margin:1rem 0}
.facts dt{font-size:.8rem;color:var(--soft)}
.facts dd{margin:0;font-variant-numeric:tabular-nums;overflow-wrap:anywhere}
code{font:.88em ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
.facts-card p{font-size:.9rem;line-height:1.5}
.facts-card .scroll{margin:0 0 1rem}
pre{background:var(--card);border:1px solid var(--line);border-radius:6px;padding:.8rem 1rem;
  white-space:pre-wrap;overflow-wrap:anywhere;margin:1rem 0}
footer{margin-top:3rem;font-size:.85rem}
@media (max-width:720px){main{padding:32px 16px 48px}.three{grid-template-columns:repeat(2,minmax(0,1fr));
  gap:16px 12px}.facts-card{grid-column:1/-1}.charts,.about{grid-template-columns:minmax(0,1fr)}
  th,td{padding:.45rem .45rem}thead th{white-space:normal}td .soft,header+.scroll :is(th,td):last-child{display:none}
  table{font-size:.9rem}figcaption{font-size:.8rem}}
@media print{main{max-width:none;padding:0}figure{break-inside:avoid}}`;
}
