package store

import "encoding/json"

// jsonRows makes a list of objects into one argument for dialect.rows, so that the text of
// the statement is the same for every length. The fields are read with ->> and cast.
func jsonRows[T any](list []T) string {
	text, err := json.Marshal(list)
	if err != nil { // what is stored has a JSON form
		panic("store: rows without a JSON form: " + err.Error())
	}
	return string(text)
}
