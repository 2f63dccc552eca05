package api

import "net/http"

// Reads are the routes that only read, method and path, for tests outside of the package.
func Reads() [][2]string {
	var out [][2]string
	for _, r := range (&API{}).routes() {
		if r.method == http.MethodGet || r.extra&noCSRF != 0 {
			out = append(out, [2]string{r.method, r.path})
		}
	}
	return out
}
