#include "style.hpp"

namespace stepladder::page {

// Categories have the colours of Okabe and Ito (2008), which the common colour-blindnesses tell
// apart, and a dash and a mark of their own; scores run from pale to deep (light) or dim to bright
// (dark) in one hue, so that lightness alone tells their order.
const char* page_style() noexcept {
  return R"css(
:root{color-scheme:light dark;--paper:#fff;--ink:#16191d;--ink2:#4b535c;--ink3:#8a929b;--rule:#dfe3e8;
--grid:#e9ecef;--soft:#f5f6f8;--link:#0b5a9c;--warn:#8a4b00;--warn-soft:#fdf3e3;--halo:#fff;
--c0:#0072b2;--c1:#d55e00;--c2:#009e73;--c3:#b0578d;--c4:#8a6d00;--c5:#2c8fc4;--c6:#5b5b5b;--c7:#7a4fb5;
--s0:#eef1f4;--s1:#dde5ee;--s2:#c8d7e8;--s3:#aec6e0;--s4:#8fb1d5;--s5:#6b98c7;--s6:#477cb4;--s7:#275e9b;--s8:#0d3f7a;
--diverged:#c23b00;--training:#2f78b7;--scoring:#e0a100;--lost:#c23b00;--waiting:#9aa2ab;--bar:#5b8fc0}
@media (prefers-color-scheme:dark){:root{--paper:#14171b;--ink:#eceff2;--ink2:#b4bcc5;--ink3:#7d8690;
--rule:#30363d;--grid:#252a30;--soft:#1b1f24;--link:#7cc0ff;--warn:#ffc876;--warn-soft:#2b2314;--halo:#14171b;
--c0:#4aa8e8;--c1:#ff8b45;--c2:#2fc69a;--c3:#e28fc1;--c4:#e0c040;--c5:#8fd0f5;--c6:#b5b5b5;--c7:#b597ee;
--s0:#1c2228;--s1:#222d39;--s2:#28394b;--s3:#2f4861;--s4:#375a7b;--s5:#426f99;--s6:#568ab9;--s7:#79abd8;--s8:#b3d8f8;
--diverged:#ff7d4a;--training:#4a92d0;--scoring:#f0bd3a;--lost:#ff7d4a;--waiting:#6d757e;--bar:#5a93c8}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}
main{max-width:1120px;margin:0 auto;padding:24px 16px 64px}
h1{font-size:24px;line-height:1.25;margin:0 0 4px;overflow-wrap:anywhere}
h2{font-size:19px;line-height:1.3;margin:44px 0 6px;padding-top:14px;border-top:1px solid var(--rule)}
h3{font-size:15px;margin:0 0 4px;font-weight:600;overflow-wrap:anywhere}
p{margin:6px 0;max-width:76ch}
.facts{color:var(--ink2);font-size:14px}
.answer{margin:20px 0 0;padding:14px 18px;background:var(--soft);border-left:4px solid var(--c0);border-radius:0 6px 6px 0}
.answer p{font-size:17px;max-width:72ch}
.answer p:first-child{font-size:20px;line-height:1.4}
.note{color:var(--ink2);font-size:14px}
.warnings{margin:12px 0;padding:0;list-style:none}
.warnings li{margin:8px 0;padding:8px 12px;background:var(--warn-soft);border-left:4px solid var(--warn);border-radius:0 6px 6px 0;font-size:15px;max-width:82ch}
.warnings b{font-weight:600;color:var(--warn)}
.columns{columns:2 500px;column-gap:28px}.columns section{break-inside:avoid;padding-top:44px}.columns h2{margin-top:0}
.panels{display:flex;flex-wrap:wrap;gap:18px 16px;margin:10px 0}
figure{margin:8px 0 0;max-width:100%}
svg{display:block;max-width:100%;overflow:visible}
.narrow{display:none}
@media (max-width:799px){.narrow{display:block}.wide{display:none}}
.keys{display:flex;flex-wrap:wrap;gap:4px 16px;font-size:13px;color:var(--ink2);max-width:none}
.key{display:inline-flex;align-items:center;gap:5px}
table{border-collapse:collapse;font-size:14px;margin:8px 0;font-variant-numeric:tabular-nums}
th{font-weight:600;color:var(--ink2);text-align:right;padding:4px 14px 4px 0;border-bottom:1px solid var(--rule);vertical-align:bottom}
td{text-align:right;padding:4px 14px 4px 0;border-bottom:1px solid var(--grid);vertical-align:top}
th.left,td.left{text-align:left;overflow-wrap:anywhere}
@media (max-width:799px){table.fold thead{display:none}table.fold,table.fold tbody,table.fold tr,table.fold td{display:block;text-align:left}
table.fold tr{padding:8px 0;border-bottom:1px solid var(--rule)}table.fold td{border:0;padding:1px 0;display:flex;justify-content:space-between;gap:12px}
table.fold td.nothing{display:none}table.fold td span{text-align:right;overflow-wrap:anywhere;min-width:0}
table.fold td::before{content:attr(data-name);color:var(--ink2);flex:none;max-width:45%}}
details{margin:12px 0}summary{cursor:pointer;color:var(--link)}
code{font-size:.92em;overflow-wrap:anywhere}
footer{margin-top:48px;color:var(--ink2);font-size:13px}
svg text{font:12px system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;fill:var(--ink2)}
svg .title{fill:var(--ink)}svg .strong{fill:var(--ink)}
.halo{paint-order:stroke;stroke:var(--halo);stroke-width:3px;stroke-linejoin:round}
.field{fill:none}.grid{stroke:var(--grid);stroke-width:1}.axis,.tick{stroke:var(--ink3);stroke-width:1}
.leader{stroke:var(--ink3);stroke-width:.75}
.s0{fill:var(--s0)}.s1{fill:var(--s1)}.s2{fill:var(--s2)}.s3{fill:var(--s3)}.s4{fill:var(--s4)}.s5{fill:var(--s5)}.s6{fill:var(--s6)}.s7{fill:var(--s7)}.s8{fill:var(--s8)}
.contour{fill:none;stroke:var(--paper);stroke-width:.6;opacity:.7}
.many .mark{stroke-width:.8}.many .ended{stroke-width:1}
.mark{stroke:var(--ink);stroke-width:1;vector-effect:non-scaling-stroke}
.ended{stroke-width:1.6}
.diverged{fill:none;stroke:var(--diverged);stroke-width:2}
.audited{fill:none;stroke:var(--ink);stroke-width:1}
.climb{stroke:var(--ink);stroke-width:.7;opacity:.55}
.band{fill:var(--c1);fill-opacity:.12;stroke:var(--c1);stroke-width:1;stroke-opacity:.8}
.best-rates{fill:none;stroke:var(--c1);stroke-width:2.4}.best-rates-edge{fill:none;stroke:var(--paper);stroke-width:5;opacity:.8}
.reach{stroke:var(--c1);stroke-width:2.4}.open{stroke-dasharray:2 3}
.whisker{stroke:var(--ink);stroke-width:1.4}
.limit{fill:none;stroke:var(--diverged);stroke-width:1.6;stroke-dasharray:5 3}
.old-bound{stroke:var(--ink3);stroke-width:1.2;stroke-dasharray:1.5 3}
.line{fill:none;stroke-width:2;stroke-linejoin:round}
.l0{stroke:var(--c0)}.l1{stroke:var(--c1);stroke-dasharray:7 3}.l2{stroke:var(--c2);stroke-dasharray:3 2}.l3{stroke:var(--c3);stroke-dasharray:9 3 2 3}
.l4{stroke:var(--c4);stroke-dasharray:12 3}.l5{stroke:var(--c5);stroke-dasharray:1.5 2.5}.l6{stroke:var(--c6);stroke-dasharray:5 5}.l7{stroke:var(--c7);stroke-dasharray:7 2 2 2 2 2}
.f0{fill:var(--c0)}.f1{fill:var(--c1)}.f2{fill:var(--c2)}.f3{fill:var(--c3)}.f4{fill:var(--c4)}.f5{fill:var(--c5)}.f6{fill:var(--c6)}.f7{fill:var(--c7)}
svg .t0{fill:var(--c0)}svg .t1{fill:var(--c1)}svg .t2{fill:var(--c2)}svg .t3{fill:var(--c3)}svg .t4{fill:var(--c4)}svg .t5{fill:var(--c5)}svg .t6{fill:var(--c6)}svg .t7{fill:var(--c7)}
.dot{stroke:var(--paper);stroke-width:1}
.series-band{opacity:.13}.model-band{fill:var(--ink3);opacity:.2}.model{stroke:var(--ink3);stroke-dasharray:5 3}
.curve .line{stroke-width:1.1;opacity:.7}.curve .dot{opacity:.85}.winner .line{stroke-width:3}
.training{fill:var(--training)}.scoring{fill:var(--scoring)}.waiting{fill:var(--waiting)}.lost{fill:url(#hatch);stroke:var(--lost);stroke-width:.75}
.hatch{stroke:var(--lost);stroke-width:2.4}.hatch-back{fill:var(--paper)}
.bar{fill:var(--bar)}
.fresh{stroke:var(--c1)}.confirmed{stroke:var(--ink);stroke-dasharray:4 3}
.chosen-by{fill:var(--paper);stroke:var(--ink);stroke-width:1.6}.seed{stroke:var(--ink3);stroke-width:1.4}
@media print{h2{break-after:avoid}figure{break-inside:avoid}}
)css";
}

const char* page_patterns() noexcept {
  return R"svg(<svg width="0" height="0" style="position:absolute" aria-hidden="true"><defs>
<pattern id="hatch" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
<rect width="5" height="5" class="hatch-back"/><line x1="0" y1="0" x2="0" y2="5" class="hatch"/></pattern>
</defs></svg>
)svg";
}

}  // namespace stepladder::page
