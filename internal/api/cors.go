package api

import (
	"net/http"
	"slices"
	"strings"

	"muster/internal/config"
)

// What is told to browsers whose pages come from another origin.
const (
	corsMethods = "GET, HEAD, POST, PUT, DELETE"
	corsMaxAge  = "600" // seconds a browser may keep the answer to a preflight
)

// allowedOrigin tells whether the settings let pages of an origin call the API:
// because it is listed, or because every origin is.
func allowedOrigin(cfg *config.Config, origin string) (listed, all bool) {
	for _, allowed := range strings.Fields(cfg.ServiceSettings.AllowCorsFrom) {
		all = all || allowed == "*"
		listed = listed || allowed != "*" && strings.EqualFold(allowed, origin)
	}
	return listed, all
}

// announceOrigins sets the headers that let pages of other origins read an answer.
// Cookies are for listed origins only: with every origin allowed, any page a person
// opens could act for them.
func announceOrigins(cfg *config.Config, h http.Header, r *http.Request) {
	h.Add("Vary", "Origin")
	origin := r.Header.Get("Origin")
	listed, all := allowedOrigin(cfg, origin)
	switch {
	case origin == "":
		return
	case listed:
		h.Set("Access-Control-Allow-Origin", origin)
		if cfg.ServiceSettings.CorsAllowCredentials {
			h.Set("Access-Control-Allow-Credentials", "true")
		}
	case all:
		h.Set("Access-Control-Allow-Origin", "*")
	default:
		return
	}
	if !isPreflight(r) {
		if exposed := strings.Fields(cfg.ServiceSettings.CorsExposedHeaders); len(exposed) > 0 {
			h.Set("Access-Control-Expose-Headers", strings.Join(exposed, ", "))
		}
		return
	}
	h.Add("Vary", "Access-Control-Request-Headers")
	h.Set("Access-Control-Allow-Methods", corsMethods)
	h.Set("Access-Control-Max-Age", corsMaxAge)
	if names := headerNames(r.Header.Get("Access-Control-Request-Headers")); names != "" {
		h.Set("Access-Control-Allow-Headers", names)
	}
}

// isPreflight tells whether a browser asks before it sends the request of a page.
func isPreflight(r *http.Request) bool {
	return r.Method == http.MethodOptions && r.Header.Get("Access-Control-Request-Method") != ""
}

// corsHeadersMax is the number of request headers a preflight may ask for.
const corsHeadersMax = 32

// headerNames repeats a list of header names; anything else in it is dropped.
func headerNames(list string) string {
	names := strings.Split(list, ",")
	for i := range names {
		names[i] = strings.TrimSpace(names[i])
	}
	names = slices.DeleteFunc(names, func(name string) bool {
		return name == "" || strings.ContainsFunc(name, func(r rune) bool {
			return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '-' && r != '_'
		})
	})
	return strings.Join(names[:min(len(names), corsHeadersMax)], ", ")
}
