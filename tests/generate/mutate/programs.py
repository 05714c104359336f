"""Small programs for mutations that no authored example offers a place for."""

from curator.records.example import Example
from tests.conftest import make_example

CLONED = """
fn signer(mut lettre: String) -> String {
    lettre.push_str(" -- Inès");
    lettre
}

fn main() {
    let brouillon = String::from("À demain.");
    let lettre = signer(brouillon.clone());
    println!("{brouillon} devient {lettre}");
}
"""

CONSTANT = """
const DEVISE: &str = "Lentement mais sûrement";

fn main() {
    println!("{}", DEVISE.len());
}
"""

REFERENCES = """
fn main() {
    let poids: [u32; 3] = [12, 40, 7];
    let mut total = 0.0;
    for p in &poids {
        total += *p as f64;
    }
    println!("{total}");
}
"""

ALIKE = """
fn saluer(nom: &str) -> String {
    format!("Bonjour, {nom}")
}

fn saluer_tard(nom: &str) -> String {
    format!("Bonsoir, {nom}")
}

fn main() {
    println!("{} {}", saluer("Ada"), saluer_tard("Léa"));
}
"""

NTH = """
fn main() {
    let mot = "sureau";
    println!("{:?}", mot.chars().nth(2));
}
"""

PATTERNS = """
struct Train {
    nom: String,
    voie: u8,
    retard: u32,
}

enum Signal {
    Vert,
    Limite(u32, u8),
}

fn annonce(train: &Train, signal: &Signal) -> u32 {
    let Train { nom, retard, .. } = train;
    println!("{nom} : {retard} min");
    match signal {
        Signal::Vert => 0,
        Signal::Limite(vitesse, _) => *vitesse,
    }
}

fn main() {
    let train = Train { nom: String::from("Aubrac"), voie: 3, retard: 4 };
    println!("{} {}", annonce(&train, &Signal::Vert), train.voie);
    println!("{}", annonce(&train, &Signal::Limite(80, 2)));
}
"""

EVERYDAY = """
mod outils {
    pub fn moitie(n: u32) -> u32 {
        n / 2
    }
}

struct Duree {
    minutes: u32,
}

impl Duree {
    fn nouvelle(minutes: u32) -> Duree {
        Duree { minutes }
    }
}

fn montrer(duree: &Duree) {
    println!("{} min", duree.minutes);
}

fn montrer_paire(paire: (u32, u32)) {
    println!("{} et {}", paire.0, paire.1);
}

fn main() {
    let essais = 2;
    println!("{essais}");
    let noms: Vec<String> = vec![String::from("Ida")];
    if !noms.is_empty() {
        println!("{}", noms.len());
    }
    let ville = "Brest";
    let copie = ville.to_string();
    println!("{copie}");
    montrer(&Duree::nouvelle(outils::moitie(90)));
    montrer_paire((1, 2));
}
"""

FAILING = """
fn verifier(age: &str) -> Result<(), std::num::ParseIntError> {
    let age: u32 = age.parse()?;
    println!("{age} ans");
    Ok(())
}

fn main() {
    println!("{}", verifier("31").is_ok());
}
"""

PROGRAMS: tuple[str, ...] = (
    *(CLONED, CONSTANT, REFERENCES, NTH, ALIKE),
    *(PATTERNS, EVERYDAY, FAILING),
)


def example_with(code: str) -> Example:
    """An example whose answer holds a program."""
    return make_example(answer=f"## Solution\n```rust\n{code.strip()}\n```\n")
