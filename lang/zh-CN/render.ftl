### Headings and labels of the reports (render).
