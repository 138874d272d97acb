"""Invented people: names that go together, phones and mailboxes that belong to nobody."""

from dataclasses import dataclass
from random import Random

HISPANIC = "Hispanic or Latino"
OTHER = "Not Hispanic or Latino"


@dataclass(frozen=True)
class Heritage:
    """Names that are given together, and what a registration form says beside them."""

    weight: int
    language: str
    race: str
    ethnicity: str
    family: tuple[str, ...]
    female: tuple[str, ...]
    male: tuple[str, ...]


def _heritage(
    weight: int, language: str, race: str, ethnicity: str, family: str, female: str, male: str
) -> Heritage:
    names = (
        tuple(each.replace("_", " ") for each in part.split()) for part in (family, female, male)
    )
    return Heritage(weight, language, race, ethnicity, *names)


HERITAGES = (
    _heritage(
        34, "en", "White", OTHER,
        "Abernathy Ames Barlow Beck Bloom Brandt Bright Byrne Calloway Coyle Crane Donnelly Drew Dyer Ellison "
        "Finch Fry Gill Grady Hale Hart Holloway Hooper Ivers Keane Larkin Lind Lowe Maddox Meyer Munro Neal "
        "O'Brien O'Malley Odell Park-Ellis Pruitt Quill Ritter Roth Rowe St._Clair Shaw Simmons Stowe Tate "
        "Thorne Tully Vance Webb Whelan Wyatt Yoder",
        "Abigail Ada Alice Amelia Anna Beth Carla Clara Cora Dora Edna Eleanor Emily Erin Fiona Gail Grace "
        "Hazel Iris Jane Jessie Joan Joy Kay Laura Lena Lucy Mae Margaret Mary-Kate Molly Nell Nina Nora Peg "
        "Ruby Ruth Sarah-Jane Sophie Tara Una Violet",
        "Abe Arthur Ben Bryce Calvin Cole Daniel Dean Edgar Eli Ethan Finn Frank George Hank Henry Hugo Ian "
        "Jack James Joel Leo Louis Luke Mark Max Ned Oliver Owen Paul Ray Roy Sam Sean Theo Tom Ty Wade Walt Wes",
    ),
    _heritage(
        19, "es", "Other Race", HISPANIC,
        "Acosta Alvarado Barrera Camacho Castellano Castillo-Reyes Delgado Díaz Domínguez Escobar Espinoza "
        "Figueroa Gallardo Guzmán Ibáñez Jiménez Maldonado Marín Montes Muñoz Núñez Ochoa Ortiz Peña Quiñones "
        "Ramírez Rosario Salas Solís Vega Velázquez Zamora",
        "Adriana Ana Beatriz Camila Carmen Catalina Daniela Elena Esperanza Inés Isabel Josefina Lucía Luz "
        "Marisol María María_José Marta Noemí Paloma Pilar Rosa Sofía Valentina Ximena Yolanda",
        "Alejandro Ángel Andrés Carlos César Diego Emilio Esteban Felipe Héctor Ignacio Joaquín José José_Luis "
        "Julián Luis Mateo Miguel Óscar Pablo Rafael Raúl Ramón Sebastián Tomás Víctor",
    ),
    _heritage(
        13, "en", "Black or African American", OTHER,
        "Banks Bolden Boykin Broussard Cobb Covington Dandridge Fontenot Gaines Gadsden Hightower Holmes-Wade "
        "Ingram Jefferson Kirkland Langston Mayfield McCray Pettway Pinckney Randle Ravenel Sellers Tolliver "
        "Tubbs Washington Whitlock Winfield",
        "Aaliyah Bernice Brianna Camille Charlene Denise Ebony Gloria Imani Jasmine Keisha Latoya Loretta "
        "Monique Naomi Odessa Renée Shanice Simone Tamika Vanessa Yvonne Zora",
        "Andre Booker Cedric Clarence Darnell Demetrius Elijah Isaiah Jamal Jerome Kendrick Lamar Malik Marcus "
        "Otis Percy Reggie Silas Terrence Tyrone Vernon Xavier",
    ),
    _heritage(
        5, "vi", "Asian", OTHER,
        "Bùi Đặng Đinh Đỗ Hoàng Huỳnh Lê Lương Ngô Nguyễn Phạm Phan Trần Trịnh Vũ",
        "Ánh Bích Chi Diễm Hạnh Hồng Hương Lan Linh Mai Ngọc Nhung Phương Thảo Thúy Trang Tuyết Yến",
        "Bảo Cường Đức Dũng Hải Hiếu Hùng Huy Khoa Long Minh Nam Phúc Quang Sơn Thành Tuấn Việt",
    ),
    _heritage(
        5, "zh", "Asian", OTHER,
        "Chen Cheung Deng Fang Feng Gao Guo Huang Jiang Kwok Lam Liang Lin Luo Ma Pan Shen Sun Tang Xu Yang Zhou",
        "Ai-Ling Fang Hui-Min Jia Jing Lan Li-Hua Lihua Mei Min Ning Qing Shu-Fen Xia Xiu-Ying Yan Yi Yue",
        "Bo Chao Cheng Guang Hao Jian Jun Kai Lei Ming Peng Qiang Rong Tao Wei Wen-Hao Xin Yong Zhi-Wei",
    ),
    _heritage(
        5, "hi", "Asian", OTHER,
        "Bhatt Chandra Desai Gupta Iyer Joshi Kapoor Kulkarni Malhotra Mehta Menon Nair Patel Pillai Raman Rao "
        "Sharma Shah Subramanian Trivedi Venkataraman",
        "Aarti Ananya Anjali Asha Deepa Divya Indira Kavita Lakshmi Leela Meera Nisha Padma Pooja Priya Radha "
        "Rekha Shreya Sunita Uma",
        "Aditya Ajay Anil Arjun Ashok Dev Gopal Hari Kiran Krishna Manoj Mohan Nikhil Prakash Raj Rohan Sanjay "
        "Suresh Varun Vikram",
    ),
    _heritage(
        4, "ar", "White", OTHER,
        "Al-Amin Al-Hashimi Aziz Bazzi Darwish El-Sayed Farouk Ghanem Haddad Hamdan Jaber Khalil Khoury Mansour "
        "Nasser Omar Rahal Saleh Shaheen Zein",
        "Aisha Amal Dalia Farah Fatima Hala Huda Iman Layla Leila Mariam Nadia Noor Rania Salma Samira Yasmin Zainab",
        "Adel Ahmad Bilal Faisal Hadi Hassan Ibrahim Idris Jamil Kareem Khalid Mahmoud Nabil Omar Rami Samir "
        "Tariq Walid Yusuf",
    ),
    _heritage(
        4, "en", "Black or African American", OTHER,
        "Abara Adeyemi Afolabi Agyeman Amadi Asante Balogun Boateng Chukwu Diallo Eze Mensah Nkrumah Nwosu "
        "Obi Okafor Okonkwo Ola Osei Owusu Sow Tesfaye Uzoma",
        "Abena Adaeze Akosua Ama Amina Chiamaka Efua Esi Folake Funmi Ife Kemi Makena Ngozi Nneka Sade Wanjiru Yaa",
        "Ade Babajide Chidi Chike Ebo Emeka Femi Ikenna Kofi Kojo Kwabena Kwame Obinna Olu Sekou Tunde Yaw Zuberi",
    ),
    _heritage(
        3, "ht", "Black or African American", OTHER,
        "Augustin Baptiste Célestin Desrosiers Dumas Étienne Fils-Aimé Germain Jean-Baptiste Laurent Moreau "
        "Pierre-Louis Saint-Fleur Toussaint",
        "Bernadette Claudette Darline Édith Fabiola Ghislaine Guerline Marie-Ange Mirlande Nadège Roseline Solange",
        "Claude Emmanuel Fritz Gérard Jacques Jean-Marc Luckner Patrice René Stanley Wilner Yves",
    ),
    _heritage(
        3, "pl", "White", OTHER,
        "Dąbrowski Jabłoński Kaczmarek Kowalczyk Krawczyk Łukasik Majewski Nowicki Pawłowski Sikora Wójcik "
        "Wróbel Zając Zieliński",
        "Agnieszka Barbara Danuta Ewa Grażyna Halina Irena Joanna Jadwiga Katarzyna Małgorzata Wanda Zofia Żaneta",
        "Andrzej Bogdan Czesław Grzegorz Jakub Jerzy Krzysztof Łukasz Marek Paweł Piotr Stanisław Tomasz Wojciech",
    ),
    _heritage(
        3, "pt-BR", "White", OTHER,
        "Almeida Araújo Barros Cavalcanti Conceição Duarte Fagundes Ferreira Gonçalves Magalhães Pimentel "
        "Sampaio Simões Teixeira",
        "Beatriz Célia Fátima Fernanda Helena Ivone Juliana Lia Luciana Márcia Rosângela Tânia Vânia Verônica",
        "Antônio Caio Davi Edson Fábio Gilberto Heitor João João_Pedro Lúcio Otávio Rui Thiago Vinícius",
    ),
    _heritage(
        2, "ko", "Asian", OTHER,
        "Ahn Bae Cho Choi Han Hwang Jang Jung Kang Kim-Lowe Kwon Moon Noh Seo Shin Yoon",
        "Eun-ji Hae-won Hye-jin Ji-woo Kyung-hee Mi-sun Min-ji Seo-yeon Soo-jin Yoon-ah Young-hee",
        "Dong-hyun Hyun-woo Jae Jae-min Ji-hoon Jun-seo Min-jun Sang-woo Seung-ho Tae-yang Young-ho",
    ),
)  # fmt: skip

LANGUAGES = {each.language for each in HERITAGES}
MAILBOXES = ("example.com", "example.org", "example.net")


def heritage(chance: Random) -> Heritage:
    return chance.choices(HERITAGES, [each.weight for each in HERITAGES])[0]


def given(chance: Random, names: Heritage, gender: str) -> str:
    if gender == "female":
        return chance.choice(names.female)
    if gender == "male":
        return chance.choice(names.male)
    return chance.choice(names.female + names.male)


def phone(chance: Random, area: int) -> str:
    """Line numbers 555-0100 to 555-0199 are kept for fiction in every area of the numbering plan."""
    return f"({area}) 555-01{chance.randrange(100):02d}"
