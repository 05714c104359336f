"""What stands at the head of a sheet for a blind reading, and what annotators learn of controls."""

HEAD = """\
# Lecture à l'aveugle : {count}

Rien ne dit d'où vient un exemple. Jugez chacun pour lui-même, comme si un élève allait le lire.
Écrivez dans un fichier une ligne JSON par exemple, avec ces clés :

- `id` : celui de l'exemple, en tête ;
- `decision` : `accept` (tel quel), `repair` (bon après une petite retouche) ou `reject` ;
- `false` : `true` si l'exemple dit quelque chose de faux sur Rust, ou sur ce qu'un programme
  affiche, sinon `false` ;
- `quote` : les mots faux, recopiés (seulement si `false` vaut `true`) ;
- `reason` : la raison, en une phrase.
"""
ITEM = "# {id}\n\n*{topic} · {level} · {category}*"
# Added to the annotators' guide where controls are mixed in: nobody is tested without being told.
CONTROLS = """

**Témoins.** Quelques exemples sont connus d'avance, les uns justes, les autres faux exprès.
"""
QUESTION, ANSWER = "**Question**", "**Réponse**"
# What is planted: code that is said to compile without one of its words.
HARMLESS = (
    "Sans `{word}`, le programme compile encore.",
    "Le `{word}` n'est qu'une précaution : sans lui, le programme compile encore.",
    "Sans `{word}`, rustc serait tout aussi satisfait : le programme compile encore.",
    "Sans `{word}`, ce code serait accepté aussi.",
)
