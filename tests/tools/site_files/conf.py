"""Sphinx's settings for the site that tests/tools/site.py builds. Nothing is fetched."""

project = "ocamba.hood"
author = "Ocamba Hood collection contributors"
project_copyright = author
html_title = "ocamba.hood"

extensions = ["myst_parser", "sphinx_antsibull_ext"]
intersphinx_mapping: dict[str, object] = {}
# What antsibull-docs writes for a plugin links to every option of every plugin that it names.
nitpicky = False

myst_heading_anchors = 4
myst_enable_extensions = ["strikethrough"]

html_theme = "furo"
html_static_path = ["_static"]
html_css_files = ["site.css"]
# Guides show some pictures as HTML.
html_extra_path = ["extra"]
html_copy_source = False
html_show_sphinx = False
html_theme_options = {
    "source_repository": "https://github.com/ocamba/ansible-hood/",
    "source_branch": "main",
    "top_of_page_buttons": [],
}
pygments_style = "default"
pygments_dark_style = "monokai"
highlight_language = "yaml+jinja"
