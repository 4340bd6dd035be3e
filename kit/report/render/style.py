"""The look of a page, as one style sheet: light and dark, phone and desktop, nothing fetched from anywhere."""

STYLE = """
:root{color-scheme:light dark;--bg:#f7f7f5;--panel:#fff;--ink:#1b1d20;--soft:#63686f;--line:#e4e4df;--accent:#2f62c9;
--good:#23855a;--bad:#c8432f;--heat:#d9543d;--cool:#3b74d6;
--c0:#3468d1;--c1:#d3761b;--c2:#2a9263;--c3:#bf3f68;--c4:#7a5bc2;--c5:#2791a8;--c6:#8c6b34;--c7:#7f858d}
@media (prefers-color-scheme:dark){:root{--bg:#121315;--panel:#1a1c1f;--ink:#e7e7e4;--soft:#9aa0a8;--line:#2e3136;
--accent:#84aaf8;--good:#58c293;--bad:#ef7a66;--heat:#e8664f;--cool:#5f93ee;
--c0:#7ba4f7;--c1:#f0a255;--c2:#5fc596;--c3:#ec7f9f;--c4:#b199ee;--c5:#62c3d8;--c6:#c9a76b;--c7:#a0a6ae}}
*{box-sizing:border-box}
html{scroll-behavior:smooth;scroll-padding-top:3.5rem;-webkit-text-size-adjust:100%}
body{margin:0;background:var(--bg);color:var(--ink);
font:15px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",sans-serif}
header,main{min-width:0}
header{max-width:76rem;margin:auto;padding:2.2rem 1.5rem 1.2rem}
header p{margin:0;color:var(--soft)}
h1{font-size:1.7rem;line-height:1.2;font-weight:650;letter-spacing:-.02em;margin:.15rem 0 .6rem;overflow-wrap:anywhere}
h2{font-size:1.15rem;font-weight:620;letter-spacing:-.01em;margin:0 0 .3rem}
h3{font-size:.93rem;font-weight:600;margin:1.4rem 0 .5rem}
a{color:var(--accent);text-decoration:none}a:hover{text-decoration:underline}
.body{max-width:76rem;margin:auto;padding:0 1.5rem 4rem;display:grid;grid-template-columns:11rem minmax(0,1fr);gap:2rem}
nav{position:sticky;top:1.2rem;align-self:start;font-size:.87rem}
nav a{display:block;padding:.26rem 0 .26rem .8rem;color:var(--soft);border-left:2px solid var(--line)}
nav a:hover{color:var(--ink);border-color:var(--accent);text-decoration:none}
section{background:var(--panel);border:1px solid var(--line);border-radius:12px;padding:1.3rem 1.4rem;margin:0 0 1.2rem}
section>p{margin:.1rem 0 .9rem;color:var(--soft);max-width:46rem}
.chips{display:flex;flex-wrap:wrap;gap:.4rem;margin-top:.2rem}
.chips span{border:1px solid var(--line);background:var(--panel);border-radius:99px;padding:.05rem .65rem;font-size:.82rem;
color:var(--soft)}
.cards{display:grid;grid-template-columns:repeat(auto-fill,minmax(9.2rem,1fr));gap:.8rem;margin:.6rem 0 .2rem}
.card{border:1px solid var(--line);border-radius:10px;padding:.7rem .9rem}
.card b{display:block;font-size:1.45rem;font-weight:620;letter-spacing:-.02em;line-height:1.25;
font-variant-numeric:tabular-nums}
.card span{color:var(--soft);font-size:.82rem}
.card small{display:block;min-height:1.25em;color:var(--soft);font-size:.82rem;font-weight:400;letter-spacing:0}
.card.first{border-color:var(--accent);background:color-mix(in srgb,var(--accent) 7%,transparent)}
.cards+p{margin-top:.8rem}
.wide{overflow-x:auto;margin:.5rem 0;-webkit-overflow-scrolling:touch}
.tall{max-height:32rem;overflow-y:auto}
table{border-collapse:collapse;font-size:.87rem;font-variant-numeric:tabular-nums}
th,td{padding:.34rem .7rem;text-align:left;white-space:nowrap;border-bottom:1px solid var(--line)}
th{color:var(--soft);font-weight:550}thead th{position:sticky;top:0;background:var(--panel)}
td.n,th.n{text-align:right}tbody tr:last-child>*{border-bottom:0}
td.long{white-space:normal;overflow-wrap:anywhere;min-width:12rem;max-width:30rem}
.heat td,.heat th{border:0;padding:.3rem .4rem;text-align:center;min-width:2.5rem}
.heat tbody th{text-align:right;padding-right:.7rem;position:sticky;left:0;background:var(--panel)}
.heat thead th{vertical-align:bottom}.heat thead th.tilt{writing-mode:vertical-rl;transform:rotate(180deg);text-align:left}
.heat td{border-radius:5px;background:color-mix(in srgb,var(--k,var(--heat)) var(--v,0%),transparent)}
.heat td.hit{background:color-mix(in srgb,var(--good) 11%,transparent);color:var(--soft)}
.bar{display:inline-block;width:3.5rem;height:.5rem;border-radius:3px;vertical-align:middle;margin-right:.5rem;
background:linear-gradient(90deg,var(--c0) var(--v),var(--line) var(--v))}
.pair{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(19rem,100%),1fr));gap:1.2rem}
figure{margin:0}
.beside{display:flex;flex-wrap:wrap;gap:.5rem 2.6rem}.beside>*{flex:none;max-width:100%}.beside h3{margin-top:.4rem}
.big{max-width:38rem}.pair figure{max-width:34rem}figcaption{font-size:.82rem;color:var(--soft);margin-top:.3rem}
svg,img{display:block;width:100%;height:auto}svg{overflow:visible}
svg text{fill:var(--soft);font-size:11.5px;font-family:inherit}svg text.t{fill:var(--ink);font-weight:600;font-size:12.5px}
svg .g{stroke:var(--line)}svg .l{fill:none;stroke-width:1.8;stroke-linejoin:round;stroke-linecap:round}
svg .d{stroke-dasharray:4 4}
.legend{display:flex;flex-wrap:wrap;gap:.15rem 1rem;font-size:.82rem;color:var(--soft);margin:.5rem 0 0}
.legend i{display:inline-block;width:1rem;height:3px;border-radius:2px;vertical-align:middle;margin-right:.4rem;
background:var(--k)}
.grid{display:grid;grid-template-columns:repeat(auto-fill,minmax(var(--w,7rem),1fr));gap:.9rem .8rem;margin-top:.6rem}
.grid figure{min-width:0}img{border-radius:6px;background:var(--line)}
img.px{image-rendering:pixelated}
.grid figcaption{line-height:1.35;font-size:.78rem;overflow-wrap:anywhere}
.grid figcaption b{color:var(--ink);font-weight:600}.no{color:var(--bad)}.yes{color:var(--good)}
.strip{display:grid;grid-template-columns:repeat(var(--n),minmax(3.6rem,1fr));gap:.4rem;margin:.35rem 0;
max-width:calc(var(--n)*7.5rem)}
.strip figcaption{font-size:.74rem;line-height:1.3;overflow-wrap:anywhere}
.side{display:grid;grid-template-columns:repeat(var(--n),1fr);gap:.3rem}
.none{color:var(--soft);font-style:italic;margin:.3rem 0 0}
details summary{cursor:pointer;color:var(--accent);font-size:.9rem;margin:.6rem 0}
footer{color:var(--soft);font-size:.82rem}
@media (max-width:52rem){header{padding:1.4rem 1rem .9rem}h1{font-size:1.3rem}
.body{display:block;padding:0 .7rem 3rem}section{padding:1rem .95rem}
nav{display:flex;overflow-x:auto;top:0;z-index:2;margin:0 -.7rem .9rem;padding:0 .35rem;background:var(--bg);
border-bottom:1px solid var(--line);scrollbar-width:none}
nav a{white-space:nowrap;border:0;padding:.6rem .55rem}.card b{font-size:1.2rem}
.cards{grid-template-columns:repeat(auto-fill,minmax(8rem,1fr));gap:.5rem}.grid{grid-template-columns:repeat(auto-fill,minmax(calc(var(--w)*.78),1fr));
gap:.7rem .6rem}th,td{padding:.34rem .6rem}.heat td,.heat th{min-width:2.1rem;padding:.25rem}svg text{font-size:13px}}
@media print{nav{display:none}.body{display:block}section{break-inside:avoid}}
"""
