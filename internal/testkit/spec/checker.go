// Package spec checks answers of the server against the published OpenAPI
// document and keeps the book of which documented statuses tests have seen.
package spec

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/routers/legacy/pathpattern"

	"muster/internal/api/spec"
)

// Checker compares answers with the OpenAPI document. It is safe for parallel use.
type Checker struct {
	// Observed notes every documented operation that Check was shown, whether
	// the answer was right or not.
	Observed *Observed

	paths    *pathpattern.Node   // "GET /path/{variable}" to route
	appError *openapi3.SchemaRef // the shape of an error at an undocumented status
}

// route is a documented operation and where it lives.
type route struct {
	path string
	op   *openapi3.Operation
}

// New gives the checker of this process, which is built once: reading the
// document takes a fifth of a second.
func New() (*Checker, error) { return shared() }

var shared = sync.OnceValues(func() (*Checker, error) {
	doc, err := openapi3.NewLoader().LoadFromData(spec.OpenAPI())
	if err != nil {
		return nil, fmt.Errorf("read the OpenAPI document: %w", err)
	}
	allowNull(doc)
	c := &Checker{Observed: &Observed{}, paths: &pathpattern.Node{}, appError: doc.Components.Schemas["AppError"]}
	if c.appError == nil {
		return nil, fmt.Errorf("the OpenAPI document lacks the schema AppError")
	}
	// This is the tree inside the library's legacy router, which prefers the
	// constant segment and falls back to the variable one as the server does. The
	// router itself refuses the published document for small sins in schemas that
	// do not hinder a comparison.
	added, err := openapi3.NewLoader().LoadFromData(spec.Additions())
	if err != nil {
		return nil, fmt.Errorf("read the OpenAPI document of the additions: %w", err)
	}
	for _, d := range []*openapi3.T{doc, added} {
		for path, item := range d.Paths.Map() {
			for method, op := range item.Operations() {
				if err := c.paths.Add(method+" "+path, &route{path, op}, nil); err != nil {
					return nil, fmt.Errorf("route %s %s of the OpenAPI document: %w", method, path, err)
				}
			}
		}
	}
	return c, nil
})

// Check gives nil when the answer is one the document allows: its status is
// documented (or one that any operation may give) and its body has the documented
// type and shape. Operations the document does not know pass. req
// needs its method and URL only.
func (c *Checker) Check(req *http.Request, status int, header http.Header, body []byte) error {
	op := c.operation(req)
	if op == nil {
		return nil
	}
	c.Observed.Note(op.OperationID, status)
	if undescribed(req, op.OperationID, status) {
		return nil
	}
	if err := c.check(op, status, header, body); err != nil {
		return fmt.Errorf("%s (%s %s) answered %d: %w", op.OperationID, req.Method, req.URL.Path, status, err)
	}
	return nil
}

// Operation names the documented operation of a request; empty when there is none.
func (c *Checker) Operation(req *http.Request) string {
	if op := c.operation(req); op != nil {
		return op.OperationID
	}
	return ""
}

// undescribed tells whether the document says something about an answer that no server
// does: groups come with their total, channels that were searched for do not unless a page was asked for,
// emojis and bookmarks are lists, limits are an object, and what is read of files and uploads is 200.
func undescribed(req *http.Request, operationID string, status int) bool {
	switch operationID {
	case "GetGroups":
		return req.URL.Query().Get("include_total_count") != ""
	case "GetGroupsByTeam", "GetGroupsByChannel", "SearchAllChannels", "GetEmojiList", "GetServerLimits", "ListChannelBookmarksForChannel":
		return status == http.StatusOK
	case "GetFile", "GetFileThumbnail", "GetFilePreview", "GetUpload", "UploadData":
		return status == http.StatusOK || status == http.StatusPartialContent
	}
	return false
}

// operation finds the documented operation of a request, nil when there is none.
// It looks at the path as it was sent: an escaped slash is part of a segment.
func (c *Checker) operation(req *http.Request) *openapi3.Operation {
	path := strings.TrimRight(req.URL.EscapedPath(), "/")
	node, values := c.paths.Match(req.Method + " " + path)
	if node == nil || slices.Contains(values, "") { // the tree lets a variable be empty
		return nil
	}
	r, _ := node.Value.(*route)
	// The tree also lets /users/ pass for /users/{user_id}.
	if r == nil || strings.Count(path, "/") != strings.Count(r.path, "/") {
		return nil
	}
	return r.op
}

// generic tells whether any operation may answer a status without saying so in
// the document: they come from the layers in front of the operations.
func generic(status int) bool {
	switch status {
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound, http.StatusMethodNotAllowed,
		http.StatusRequestEntityTooLarge, http.StatusRequestURITooLong, http.StatusTooManyRequests,
		http.StatusInternalServerError, http.StatusServiceUnavailable:
		return true
	}
	return false
}

// omitted tells whether the document merely forgot a status: an unusable body or
// id is a 400 and a feature that is switched off a 501 wherever they can occur. It is
// held to every word for the operations of the users API.
func omitted(operationID string, status int) bool {
	if !measured()[operationID] {
		return status == http.StatusBadRequest || status == http.StatusNotImplemented
	}
	switch operationID {
	case "SearchUserAccessTokens", "GetTeamPoliciesForUser", "GetChannelPoliciesForUser", "AddGroupMembers", "DeleteGroupMembers", "DeleteGroup":
		return status == http.StatusBadRequest
	case "CreateUserAccessToken":
		return status == http.StatusNotImplemented
	}
	return false
}

// measured are the operations of the users API.
var measured = sync.OnceValue(func() map[string]bool {
	out := map[string]bool{}
	for _, op := range spec.Operations() {
		out[op.Name] = true
	}
	return out
})

// bareLists are operations that answer a list, and what the document describes only when
// something else was asked for.
var bareLists = map[string]bool{"SearchTeams": true, "InviteUsersToTeam": true, "InviteGuestsToTeam": true}

// mistaken are operations of which the document says what no server does and no client
// expects: that a reaction is 201, and that saved posts are a list of lists.
var mistaken = map[string]int{"SaveReaction": http.StatusOK, "GetFlaggedPostsForUser": http.StatusOK}

// check compares an answer with an operation.
func (c *Checker) check(op *openapi3.Operation, status int, header http.Header, body []byte) error {
	if status == http.StatusNotModified {
		if len(body) > 0 {
			return fmt.Errorf("a body of %d bytes where none is allowed", len(body))
		}
		return nil
	}
	if mistaken[op.OperationID] == status {
		return nil
	}
	ref := op.Responses.Status(status)
	if ref == nil {
		if !generic(status) && !omitted(op.OperationID, status) {
			return fmt.Errorf("the status is not documented")
		}
		return checkJSON(c.appError, header, body)
	}
	if bareLists[op.OperationID] && bytes.HasPrefix(body, []byte("[")) {
		return nil
	}
	if misdescribed[op.OperationID] != "" && status < http.StatusMultipleChoices {
		return nil
	}
	return checkContent(ref.Value.Content, header, body)
}

// misdescribed are operations whose success has another shape than the document says, because
// every client reads the other one; with the reason.
var misdescribed = map[string]string{
	"GetSidebarCategoriesForTeamForUser": "one object with the categories and their order, not a list",
	"AddChannelMember":                   "a list when the request names several accounts",
	// A line for each membership, application/x-ndjson, when the page is -1.
	"GetChannelMembersWithTeamDataForUser": "lines of JSON",
}

// checkContent compares a body with the documented content types of a response.
func checkContent(content openapi3.Content, header http.Header, body []byte) error {
	if len(content) == 0 {
		return nil
	}
	got := header.Get("Content-Type")
	media := content.Get(got)
	if media == nil {
		return fmt.Errorf("content type %q is not documented", got)
	}
	if media.Schema == nil || !isJSON(got) {
		return nil
	}
	return checkJSON(media.Schema, header, body)
}

// checkJSON compares a JSON body with a schema.
func checkJSON(schema *openapi3.SchemaRef, header http.Header, body []byte) error {
	if got := header.Get("Content-Type"); !isJSON(got) {
		return fmt.Errorf("content type %q is not JSON", got)
	}
	value, err := decode(body)
	if err != nil {
		return err
	}
	if err := schema.Value.VisitJSON(value, openapi3.VisitAsResponse(), openapi3.MultiErrors(), openapi3.DisableSchemaErrorDetails()); err != nil {
		return fmt.Errorf("the body has another shape: %w", err)
	}
	return nil
}

// decode reads exactly one JSON value.
func decode(body []byte) (any, error) {
	d := json.NewDecoder(bytes.NewReader(body))
	var value any
	if err := d.Decode(&value); err != nil {
		return nil, fmt.Errorf("the body is not JSON: %w", err)
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, fmt.Errorf("the body goes on after its JSON value")
	}
	return value, nil
}

// isJSON tells whether a Content-Type header names JSON.
func isJSON(contentType string) bool {
	if contentType == "application/json" {
		return true
	}
	kind, _, err := mime.ParseMediaType(contentType)
	return err == nil && kind == "application/json"
}
