/**
 * How the page looks: its only style, which the policy of the page allows by its hash. Printed, it is always light.
 * The outcomes differ in lightness as well as in hue (blue, yellow, red, grey), for those who see colours otherwise.
 */
export const STYLE = `
:root{--page:#f4f5f7;--card:#fff;--ink:#1b2230;--quiet:#596273;--line:#dde1e8;--link:#1f56a8;--code:#f1f3f6;
--delivered:#8fbfe6;--deferred:#e2a400;--bounced:#c03a2b;--expired:#7d1f3d;--rejected:#8b8f9c;--plain:#4f7fb8;
--critical:#a81d1d;--warning:#a35a00;--notice:#2a5fa5;--good:#1f7a45;
--heat0:#e9edf2;--heat1:#fbe0b0;--heat2:#f7bd72;--heat3:#ec8a4b;--heat4:#cf5233;--heat5:#961f23}
@media screen and (prefers-color-scheme:dark){:root{--page:#12161d;--card:#1b2029;--ink:#e6e9ef;--quiet:#a0a9b8;--line:#323a47;--link:#8ab8f5;--code:#242b36;
--delivered:#3f76a8;--deferred:#e5b443;--bounced:#e8644f;--expired:#d987a8;--rejected:#8a8f9c;--plain:#5f95d1;
--critical:#ff8a80;--warning:#f0b356;--notice:#8ab8f5;--good:#7ccf98;
--heat0:#262d38;--heat1:#4a3320;--heat2:#7a4a20;--heat3:#b4652a;--heat4:#e58a45;--heat5:#ffc9a0}}
*{box-sizing:border-box}
html{color-scheme:light dark;-webkit-text-size-adjust:100%;text-size-adjust:100%}
body{margin:0;background:var(--page);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;font-variant-numeric:tabular-nums;overflow-wrap:anywhere}
main,footer{max-width:70rem;margin:0 auto;padding:0 1.25rem}
a{color:var(--link)}
h1,h2,h3,p,dl,dd,figure,ul,ol{margin:0;padding:0}
h1{font-size:1.75rem;line-height:1.2;letter-spacing:-.01em;text-wrap:balance}
h2{font-size:1.15rem;line-height:1.3;margin:2.25rem 0 .75rem}
h3{font-size:1rem;line-height:1.35}
code,.reply{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;font-size:.86em}
code{background:var(--code);border-radius:3px;padding:.1em .3em}
.reply{display:block;background:var(--code);border-radius:4px;padding:.45rem .6rem;line-height:1.45}
.quiet{color:var(--quiet)}h2+.quiet{margin-bottom:.6rem}
.top{padding:1.25rem 0 .9rem;color:var(--quiet);font-size:.87rem}
.top b{color:var(--ink);font-weight:600}
.card{background:var(--card);border:1px solid var(--line);border-radius:8px;padding:1rem 1.15rem}
.reservation{color:var(--critical);margin-bottom:.5rem}
.answer .bar{height:14px;margin-top:.9rem}
.bar{display:block;border-radius:2px;background:var(--heat0)}
.legend{display:flex;flex-wrap:wrap;gap:.2rem 1.1rem;list-style:none;margin-top:.55rem;font-size:.87rem;color:var(--quiet)}
.legend b{color:var(--ink);font-weight:600}
.legend svg{display:inline-block;width:11px;height:11px;margin-right:.4rem;border-radius:2px;vertical-align:-1px}
.facts{display:grid;grid-template-columns:repeat(auto-fit,minmax(13rem,1fr));gap:.9rem 1.75rem;margin-top:1rem;padding-top:.9rem;border-top:1px solid var(--line)}
.facts .whole{grid-column:1/-1}
.facts dt{color:var(--quiet);font-size:.82rem}
.facts dd{font-weight:600}
.facts dd span{font-weight:400;color:var(--quiet)}
.facts .worse{color:var(--critical)}
.facts .better{color:var(--good)}
nav{margin-top:1rem;font-size:.87rem;display:flex;flex-wrap:wrap;gap:.15rem 1rem}
.findings{list-style:none;display:grid;gap:.65rem}
.finding{border-left:4px solid var(--rank);padding:.75rem 1rem}
.critical{--rank:var(--critical)}.warning{--rank:var(--warning)}.notice{--rank:var(--notice)}.good{--rank:var(--good)}
.finding>p{margin-top:.3rem}
.tag{display:inline-block;font-size:.74rem;font-weight:600;letter-spacing:.03em;text-transform:uppercase;color:var(--rank,var(--quiet));margin-right:.6rem}
.tag.hard{color:var(--bounced)}.tag.soft{color:var(--warning)}
.part{padding-left:1.1rem}
.evidence{font-size:.87rem;color:var(--quiet)}
details{margin-top:.45rem}
summary{cursor:pointer;color:var(--quiet);font-size:.87rem}
details[open]>summary{margin-bottom:.4rem}
.cause{display:grid;grid-template-columns:minmax(0,1fr) 12rem;gap:.3rem 1.5rem;margin-bottom:.65rem}
.cause .size{text-align:right;line-height:1.35}
.cause .size b{font-size:1.15rem}
.cause .size .bar{margin-top:.3rem}
.cause dl,.cause .more{grid-column:1/-1}
.pairs{display:grid;grid-template-columns:5.5rem minmax(0,1fr);gap:.25rem .75rem;margin-top:.35rem}
.pairs dt{color:var(--quiet);font-size:.87rem;line-height:1.7}
figure>.legend:first-child{margin:0 0 .6rem}
figcaption{color:var(--quiet);font-size:.87rem;margin-bottom:.6rem}
.plot{display:grid;grid-template-columns:auto minmax(0,1fr)}
.plot svg{display:block;overflow:visible}
.plot text{fill:var(--quiet);font-size:12px}
.grid{stroke:var(--line);stroke-width:1;shape-rendering:crispEdges}
.delivered{fill:var(--delivered)}.deferred{fill:var(--deferred)}.bounced{fill:var(--bounced)}.expired{fill:var(--expired)}.rejected{fill:var(--rejected)}.plain{fill:var(--plain)}.rest{fill:var(--rejected)}
svg .hard{fill:var(--bounced)}svg .soft{fill:var(--deferred)}
.heat0{fill:var(--heat0)}.heat1{fill:var(--heat1)}.heat2{fill:var(--heat2)}.heat3{fill:var(--heat3)}.heat4{fill:var(--heat4)}.heat5{fill:var(--heat5)}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:.93rem}
caption{text-align:left;color:var(--quiet);font-size:.87rem;padding-bottom:.4rem}
th,td{padding:.36rem .6rem;text-align:left;vertical-align:top;border-bottom:1px solid var(--line)}
tbody tr:last-child>*{border-bottom:0}
th{font-weight:600}
thead th{color:var(--quiet);font-size:.8rem;font-weight:500;vertical-align:bottom}
th:first-child,td:first-child{padding-left:0}
th:last-child,td:last-child{padding-right:0}
tbody th{font-weight:500;min-width:7rem}
.number{text-align:right;white-space:nowrap}
td.drawn,th.drawn{width:26%;min-width:4rem}
td.drawn .bar{margin-top:.42rem}
.columns{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,24rem),1fr));gap:1rem;align-items:start}
.checks{list-style:none}
.checks li{padding:.15rem 0 .15rem 1.5rem;text-indent:-1.5rem}
.checks .holds{color:var(--good)}.checks .fails{color:var(--critical)}
.checks li>:first-child{display:inline-block;width:1.5rem;text-indent:0;font-weight:700}
footer{padding-top:1.5rem;padding-bottom:2rem;color:var(--quiet);font-size:.82rem}
@media (max-width:42rem){
body{font-size:15px}
main,footer{padding-left:.8rem;padding-right:.8rem}
h1{font-size:1.35rem}
h2{margin-top:1.75rem}
nav{flex-wrap:nowrap;overflow-x:auto;white-space:nowrap;padding-bottom:.3rem}
.top{padding:.8rem 0 .6rem}
.card{padding:.8rem .85rem}
.wide,.minor{display:none}
.cause{grid-template-columns:minmax(0,1fr)}
.cause .size{text-align:left}
.pairs{grid-template-columns:minmax(0,1fr);gap:0}
.pairs dd{margin-bottom:.35rem}
.facts{grid-template-columns:repeat(2,minmax(0,1fr));gap:.7rem 1rem}
th,td{padding-left:.35rem;padding-right:.35rem}
tbody th{min-width:5rem}
td.drawn,th.drawn{width:22%}
}
@media print{
html{color-scheme:light}
body{background:#fff;font-size:10pt}
main,footer{max-width:none;padding:0}
nav{display:none}
.card{border-color:#bbb}
.finding{border-left-color:var(--rank)}
.finding,.cause,figure,tr{break-inside:avoid}
h2{break-after:avoid}
svg,.bar,.finding{print-color-adjust:exact;-webkit-print-color-adjust:exact}
}
`;
