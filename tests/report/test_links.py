"""Pages of runs that belong together link to each other."""

from kit.files import write_text
from kit.report import links


def test_a_page_links_to_what_it_was_made_of_and_to_what_was_made_of_it(make_run, prepared):
    from kit.ensemble.build import ensemble

    a, b = make_run(0.9), make_run(0.7, seed=1)
    both = ensemble(prepared, [a, b])
    assert links.find_related(a) == {} == links.find_related(both), "no page is there yet"
    assert links.find_related(a, [both]) == {both.id: f"../{both.id}/report.html"}
    write_text(b.folder / links.PAGE, "")
    assert links.find_related(both, [a]) == {one.id: f"../{one.id}/report.html" for one in (a, b)}
    assert f'<a href="../{a.id}/report.html">{a.id}</a>' in links.section(both, [a]) and links.section(a) == ""
