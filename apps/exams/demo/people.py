"""Who is at the demonstration: the five sign-ins, two more teachers and thirty-nine more students."""

from dataclasses import dataclass

from apps.accounts.demo_accounts import DEMO_DOMAIN
from apps.accounts.models import Membership, User
from apps.accounts.people import NewPerson


@dataclass(frozen=True, kw_only=True)
class StudentPlan:
    """A student, and how able they are: 0 is the middle, 1 one standard deviation above it."""

    person: NewPerson
    ability: float


TEACHERS = (
    NewPerson(
        email=f"teacher@{DEMO_DOMAIN}",
        full_name="Helena Brandt",
        role=Membership.Role.TEACHER,
        tier=User.Tier.PREMIUM,
    ),
    NewPerson(
        email=f"mathieu.laurent@{DEMO_DOMAIN}",
        full_name="Mathieu Laurent",
        role=Membership.Role.TEACHER,
        tier=User.Tier.PREMIUM,
        language="fr",
        time_zone="Europe/Paris",
    ),
    NewPerson(
        email=f"salma.benali@{DEMO_DOMAIN}",
        full_name="سلمى بن علي",
        role=Membership.Role.TEACHER,
        tier=User.Tier.PREMIUM,
        language="ar",
        time_zone="Africa/Casablanca",
    ),
)
PARENT = NewPerson(email=f"parent@{DEMO_DOMAIN}", full_name="Rosa Mendes", role=Membership.Role.PARENT)
OPERATOR = NewPerson(
    email=f"operator@{DEMO_DOMAIN}",
    full_name="Oskar Lindqvist",
    platform_role=User.PlatformRole.OPERATOR,
    tier=User.Tier.PREMIUM,
)
ADMINISTRATOR = NewPerson(
    email=f"admin@{DEMO_DOMAIN}",
    full_name="Adaeze Okafor",
    role=Membership.Role.ORG_ADMIN,
    platform_role=User.PlatformRole.ADMIN,
    tier=User.Tier.PREMIUM,
)

_NAMES = (
    # address before the @, name, language, time zone, ability
    ("student", "Clara Mendes", "en", "UTC", 0.7),
    ("liam.obrien", "Liam O’Brien", "en", "Europe/Dublin", -0.4),
    ("amira.haddad", "أميرة حدّاد", "ar", "Asia/Amman", 1.1),
    ("wei.zhang", "张伟", "en", "Asia/Shanghai", 1.6),
    ("priya.raman", "Priya Raman", "en", "Asia/Kolkata", 1.3),
    ("kwame.mensah", "Kwame Mensah", "en", "Africa/Accra", 0.2),
    ("sofia.kowalska", "Zofia Kowalska", "en", "Europe/Warsaw", 0.5),
    ("mateo.garcia", "Mateo García Ruiz", "en", "Europe/Madrid", -0.2),
    ("yuki.tanaka", "田中 由紀", "en", "Asia/Tokyo", 0.9),
    ("omar.farouk", "عمر فاروق", "ar", "Africa/Cairo", -0.6),
    ("ingrid.solberg", "Ingrid Solberg", "en", "Europe/Oslo", 0.1),
    ("thabo.nkosi", "Thabo Nkosi", "en", "Africa/Johannesburg", -0.9),
    ("chloe.martin", "Chloé Martin", "fr", "Europe/Paris", 0.4),
    ("dmitri.volkov", "Дмитрий Волков", "en", "Europe/Belgrade", 0.8),
    ("fatima.zahra", "فاطمة الزهراء", "ar", "Africa/Casablanca", 0.3),
    ("nguyen.linh", "Nguyễn Thùy Linh", "en", "Asia/Ho_Chi_Minh", 0.6),
    ("jonas.weber", "Jonas Weber", "en", "Europe/Berlin", -1.2),
    ("aisha.bello", "Aisha Bello", "en", "Africa/Lagos", 0.0),
    ("lucas.silva", "Lucas da Silva", "en", "America/Sao_Paulo", -0.5),
    ("emre.yilmaz", "Emre Yılmaz", "en", "Europe/Istanbul", 0.2),
    ("hannah.cohen", "Hannah Cohen", "en", "Asia/Jerusalem", 1.0),
    ("li.na", "李娜", "en", "Asia/Shanghai", 0.4),
    ("eleni.papadaki", "Ελένη Παπαδάκη", "en", "Europe/Athens", -0.1),
    ("samuel.tesfaye", "Samuel Tesfaye", "en", "Africa/Addis_Ababa", 0.5),
    ("maria.ionescu", "Maria Ionescu", "en", "Europe/Bucharest", -0.3),
    ("arjun.patel", "Arjun Patel", "en", "Asia/Kolkata", 0.9),
    ("noor.alsabah", "نور الصباح", "ar", "Asia/Kuwait", -0.7),
    ("elias.virtanen", "Elias Virtanen", "en", "Europe/Helsinki", 0.3),
    ("camille.dubois", "Camille Dubois", "fr", "Europe/Brussels", -0.2),
    ("juan.perez", "Juan Pérez Quispe", "en", "America/Lima", -1.0),
    ("grace.wanjiru", "Grace Wanjiru", "en", "Africa/Nairobi", 0.7),
    ("minh.tran", "Trần Quang Minh", "en", "Asia/Ho_Chi_Minh", 0.1),
    ("olivia.smith", "Olivia Smith", "en", "Europe/London", -0.4),
    ("yusuf.rahman", "Yusuf Rahman", "en", "Asia/Dhaka", -0.8),
    ("hana.novakova", "Hana Nováková", "en", "Europe/Prague", 0.6),
    ("kai.nakamura", "Kai Nakamura", "en", "Pacific/Honolulu", -1.5),
    ("leila.karimi", "Leila Karimi", "en", "Asia/Tehran", 0.8),
    ("pedro.costa", "Pedro Costa", "en", "Europe/Lisbon", -0.6),
    ("seo.yun", "김서윤", "en", "Asia/Seoul", 1.2),
    ("ana.tupou", "ʻAna Tupou", "en", "Pacific/Tongatapu", 0.0),
)

STUDENTS = tuple(
    StudentPlan(
        person=NewPerson(
            email=f"{address}@{DEMO_DOMAIN}",
            full_name=name,
            role=Membership.Role.STUDENT,
            tier=User.Tier.PREMIUM if address == "student" else User.Tier.FREE,
            language=language,
            time_zone=time_zone,
        ),
        ability=ability,
    )
    for address, name, language, time_zone, ability in _NAMES
)
