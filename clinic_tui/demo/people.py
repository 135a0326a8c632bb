"""Invented people's names, of the many places that a practice's patients come from."""

from __future__ import annotations

from typing import NamedTuple


class Names(NamedTuple):
    """The names of one part of the world: given names of women and men, family names, the language's code."""

    language: str
    women: tuple[str, ...]
    men: tuple[str, ...]
    families: tuple[str, ...]


def _names(language: str, women: str, men: str, families: str) -> Names:
    """Names written in a row; a name of several words has `_` between them."""

    def row(text: str) -> tuple[str, ...]:
        return tuple(name.replace("_", " ") for name in text.split())

    return Names(language, row(women), row(men), row(families))


# The first stands three times: most of the practice's patients have such names.
_ENGLISH = _names(
    "en",
    "Olivia Charlotte Amelia Grace Ruby Harriet Matilda Eleanor Hannah Zoe Beth Rosemary Gwen Joan Margaret Sue-Ellen "
    "Isobel Freya Poppy Daphne Marjorie Tess Anne-Louise Kirsty",
    "Oliver Jack William Henry Thomas George Samuel Noah Ethan Angus Callum Hugh Walter Stanley Reginald Bruce Toby "
    "Lachlan Jean-Paul Max Albert Frank Dylan Rhys",
    "Ashdown Barrow Calloway Dunmore Eastwick Fairweather Greenhalgh Hartigan Ingleby Jessop Kingsmill Larkspur "
    "Merriweather Nightingale Oakeshott Pemberton Quayle Redfern Stapleton Thackeray Underwood Vickery Wetherby "
    "Yardley Cartwright-Bell Hughes Armitage Blackwood St_John Featherstonehaugh",
)
CULTURES: tuple[Names, ...] = (
    _ENGLISH,
    _ENGLISH,
    _ENGLISH,
    _names("en", "Siobhán Aoife Niamh Sinéad Gráinne Caoimhe", "Pádraig Eoin Séamus Cillian Oisín Tadhg",
           "O'Brien O'Sullivan Ó_Murchú Ní_Dhomhnaill McKenna Fitzgerald O'Shaughnessy MacDermott"),
    _names("vi", "Thị_Mai Minh_Anh Ngọc_Lan Thu_Hà Phương_Thảo", "Văn_Hùng Quốc_Bảo Đức_Anh Minh_Tuấn Thành_Long",
           "Nguyễn Trần Phạm Đặng Huỳnh Võ"),
    _names("zh", "Xiaoling Mei-Ling Yuhan Jiayi Lihua 美玲", "Weiming Zhiyuan Junjie Hao-Ran Guoqiang 志明",
           "Chen Zhang Huang Lü Ouyang Zhou 王 林"),
    _names("el", "Eleni Katerina Despina Φωτεινή Sofia", "Yiannis Dimitrios Konstantinos Σπύρος Nikos",
           "Papadimitriou Georgiadis Angelopoulos Konstantinidis Vlachos"),
    _names("it", "Giulia Chiara Nicolò-Maria Concetta Noemi", "Niccolò Matteo Salvatore Gian_Luca Raffaele",
           "D'Angelo Di_Stefano De_Luca Dell'Acqua Cannavò Esposito"),
    _names("ar", "Fatima Layla Noor Amina ليلى", "Omar Yusuf Khalid Abd_al-Rahman محمد",
           "Al-Masri Haddad El-Sayed Ben_Youssef Abu_Khalil النجار"),
    _names("hi", "Priya Ananya Lakshmi Kavitha Sunita", "Arjun Rohan Venkatesh Sanjay Aditya",
           "Sharma Venkataraman D'Souza Chatterjee Krishnamurthy Iyer"),
    _names("pa", "Harpreet Gurleen Simran Jaspreet", "Gurpreet Manjit Balwinder Harjot", "Kaur Singh Dhillon Sandhu"),
    _names("pl", "Małgorzata Agnieszka Zofia Łucja", "Łukasz Paweł Wojciech Stanisław",
           "Łoś Wiśniewska-Krawczyk Żółkiewski Dąbrowski Ślusarczyk"),
    _names("de", "Käthe Jürgen-Maria Änne Ulrike Gisela", "Jürgen Björn Götz Karl-Heinz Matthäus",
           "Weiß Müller-Lüdenscheidt Größmann von_der_Heide Schäfer"),
    _names("tr", "Işıl Gülşen Çiğdem Elif", "İbrahim Ömer Çağlar Yiğit", "Işık Yıldız Öztürk Çelik"),
    _names("es", "María_José Lucía Inés Guadalupe Ximena", "José_Luis Aníbal Íñigo Jesús Andrés",
           "García_Márquez Núñez Ibáñez_de_la_Torre Muñoz Peña-Ortiz"),
    _names("pt", "Conceição Inês Beatriz Lourdes", "João Antônio Gonçalo Luís",
           "da_Conceição Guimarães dos_Santos Araújo Magalhães"),
    _names("fr", "Élodie Anaïs Françoise Noëlle", "Benoît François Jean-Loïc Gaël",
           "Lefèvre d'Aubigné Le_Goff Beauséjour L'Écuyer"),
    _names("nl", "Anneke Femke Liesbeth Sanne", "Joost Thijs Wouter Cees",
           "van_der_Berg 't_Hooft de_Smit-Jonker van_'t_Veer IJzerman"),
    _names("sv", "Åsa Maj-Britt Östa Linnéa", "Björn Håkan Göran Åke", "Ångström Sjöberg Öberg Lindqvist"),
    _names("da", "Søs Bodil Inger Kirstine", "Søren Jørgen Åge Rasmus", "Ærø Møller Østergaard Bæk"),
    _names("mi", "Aroha Ngaio Whetū Hinemoa", "Wiremu Tāne Rāwiri Mānu", "Ngāta Tūhoe Paewai Te_Rangi"),
    _names("sm", "Sefina Lagi Talia Malia", "Tavita Ioane Sione Faʻafetai", "Fuimaono Leiʻataua Tuiasosopo Vāʻai"),
    _names("so", "Hodan Ifrah Sahra Khadija", "Abdirahman Liban Warsame Guled", "Farah Abdi Warsame Hersi"),
    _names("ig", "Ngozi Chidinma Adaeze Ifeoma", "Chukwuemeka Obinna Ikenna Uche", "Okafor Nwosu Eze Okonkwo-Bello"),
    _names("ja", "Haruka Yōko さくら Michiko", "Kenji Tarō 健 Shin'ichi", "Satō Ōno Takahashi Kin'emon 田中"),
    _names("ko", "Ji-woo Min-seo Soo-jin Eun-ji", "Dong-hyun Jae-won Sung-min Tae-yang", "Hwang Choi Seo Namgung"),
    _names("ru", "Anastasiya Ольга Yelena Soʻfiya", "Dmitriy Игорь Aleksandr Pyotr",
           "Kuznetsov Соколова Rimskaya-Vasilyeva Zhukov"),
    _names("fa", "Shirin Parisa Golnaz Mahsa", "Dariush Kaveh Behrouz Reza", "Tehrani Rostami Farrokhzad Hosseini"),
    _names("si", "Nilmini Sanduni Dilrukshi Ama", "Nuwan Chaminda Ruwan Kasun",
           "Jayawardena Wickramasinghe Rathnayake Senanayake"),
    _names("haw", "Leilani Kalea Moana Kēhau", "Keoni Kaleo Ikaika Makoa", "Kahananui Kealoha Kaʻahumanu Nāone"),
)  # fmt: skip

SHORT_NAMES: dict[str, str] = {
    "Charlotte": "Charlie", "Eleanor": "Nell", "Margaret": "Peg", "Rosemary": "Rose", "William": "Bill",
    "Thomas": "Tom",
    "Samuel": "Sam", "Reginald": "Reg", "Albert": "Bert", "Konstantinos": "Kon", "Dimitrios": "Jim", "Katerina": "Kat",
    "Salvatore": "Sal", "Anastasiya": "Nastya", "Guadalupe": "Lupe", "Thị Mai": "Mai", "Venkatesh": "Venky",
    "Xiaoling": "Lynn", "Weiming": "William", "Małgorzata": "Gosia", "Chukwuemeka": "Emeka", "Dilrukshi": "Dili",
}  # fmt: skip

STREETS = (
    "Harbour Street", "Lighthouse Road", "Anchor Lane", "Jetty Parade", "Banksia Avenue", "Wattle Grove", "Mill Street",
    "Station Street", "Church Hill", "Quarry Road", "Heron Close", "Old Post Road", "Cooper's Lane", "O'Dowd Street",
    "Esplanade", "Pelican Court", "Ferry Road", "Chapel Street", "Boatshed Lane", "Tidewater Drive",
)  # fmt: skip
SUBURBS = (
    ("Harbourside", "2999"), ("Pelican Point", "2998"), ("Old Jetty", "2997"), ("Saltwater Bay", "2996"),
    ("Heronvale", "2995"), ("Mill Creek", "2994"),
)  # fmt: skip
DOMAINS = ("example.com", "example.net", "example.org", "mail.example", "post.example")

PRACTITIONERS = (
    ("Dr Ruth Okafor", "ruth.okafor@harbourstreet.example"),
    ("Dr Tomasz Wiśniewski", "tomasz.wisniewski@harbourstreet.example"),
    ("Dr Mei-Ling Chen", "meiling.chen@harbourstreet.example"),
    ("Dr Siobhán O'Brien", "siobhan.obrien@harbourstreet.example"),
    ("Anjali Krishnamurthy", "anjali@harbourstreet.example"),
    ("Mateo Ibáñez", "mateo.ibanez@example.com"),
    ("Sister Joan Hartigan", ""),
    ("Dr Yusuf Al-Masri", "yusuf.almasri@harbourstreet.example"),
)
