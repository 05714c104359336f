"""The words of answers that are worth nothing (curator/evaluation/floors.py)."""

BLAND = """## TL;DR
Lisez attentivement le message du compilateur : il vous indique la ligne et la solution.

## Problème
En Rust, le compilateur vérifie la propriété, les emprunts et les durées de vie avant l'exécution. \
Une erreur à cet endroit signifie qu'une de ces règles n'est pas respectée par le programme.

## Solution
```rust
fn main() {
    let x = 1;
    println!("{x}");
}
```

## Explication
Le compilateur protège votre programme contre de nombreuses fautes. En corrigeant la ligne \
signalée, vous obtenez un code plus sûr et plus clair. N'hésitez pas à relire la documentation.

## Points à retenir
- Lisez le message du compilateur en entier.
- Corrigez une erreur à la fois, puis compilez de nouveau.
- Relisez la documentation de la bibliothèque standard.
"""
SERIES = "La notion de {} est importante ici."
LIST = "C'est {} qui est la solution."
