"""Write a page for looking through examples: one file, which asks nothing of the network.

wording    the page's words in French and English, by the same codes
rows       an example as the page shows it             answers  an answer of an evaluation
select     what there is to look through, by its name  bounds   numbers that a score is held against
page       writes it: templates/browse.html, .css, .js and text.js
"""
