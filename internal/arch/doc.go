// Package arch holds the shape of the program as tests: which package may import
// which, how long files and functions may be, what must be documented. The arrows
// point one way, from the transport to the model; docs/architecture.md draws them.
package arch
