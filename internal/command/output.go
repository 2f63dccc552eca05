package command

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"unicode"
)

// answer writes the result of a command: v as JSON, or what text writes.
func (a *app) answer(v any, text func(w io.Writer) error) error {
	if !a.json {
		return text(a.Stdout)
	}
	enc := json.NewEncoder(a.Stdout)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}

// note tells something that is not part of the result.
func (a *app) note(format string, args ...any) {
	_, _ = fmt.Fprintf(a.Stderr, format+"\n", args...) // a note that cannot be written is no reason to stop
}

// visible replaces what a terminal would act upon instead of showing it: names come
// from strangers.
func visible(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return unicode.ReplacementChar
	}, s)
}

// table writes rows in columns.
func table(w io.Writer, rows [][]string) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, row := range rows {
		cells := make([]string, len(row))
		for i, cell := range row {
			cells[i] = visible(cell)
		}
		if _, err := io.WriteString(t, strings.Join(cells, "\t")+"\n"); err != nil {
			return err
		}
	}
	return t.Flush()
}
