"""What a model could write to make a page run, load or change something."""

PAYLOADS = (
    "<script>window.pwned = 1</script>",
    "</script><script>window.pwned = 1</script>",
    "</ScRiPt ><img src=x onerror='window.pwned = 1'>",
    "<!--<script>",
    '"><svg onload=window.pwned=1>',
    "<img src='http://127.0.0.1:9/x.png'>",
    "![x](http://127.0.0.1:9/y.png) [lien](javascript:window.pwned=1)",
    "<style>body { display: none }</style>",
    "{{ 7 * 7 }} {% raw %} ${window.pwned = 1}",
    "&lt;b&gt; \u2028 \u2029 \u0000 \u202e",
    "__proto__",
    "`" * 3000 + "*" * 3000,
)
