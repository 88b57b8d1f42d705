// libcurl as Swift sees it: the easy and the multi interface.
//
// Every setter and getter of libcurl is variadic, and Swift imports no variadic function: there is one function here for
// each kind of argument.
#pragma once

#include <curl/curl.h>

/// curl_easy_setopt, variadic, with a `long`.
static inline CURLcode clibcurl_set_long(CURL *handle, CURLoption option, long value) {
    return curl_easy_setopt(handle, option, value);
}

/// curl_easy_setopt, variadic, with a `curl_off_t`.
static inline CURLcode clibcurl_set_offset(CURL *handle, CURLoption option, curl_off_t value) {
    return curl_easy_setopt(handle, option, value);
}

/// curl_easy_setopt, variadic, with a text, which libcurl copies.
static inline CURLcode clibcurl_set_text(CURL *handle, CURLoption option, const char *value) {
    return curl_easy_setopt(handle, option, value);
}

/// curl_easy_setopt, variadic, with a pointer, which libcurl keeps.
static inline CURLcode clibcurl_set_pointer(CURL *handle, CURLoption option, void *value) {
    return curl_easy_setopt(handle, option, value);
}

/// curl_easy_setopt, variadic, with a list, which libcurl keeps.
static inline CURLcode clibcurl_set_list(CURL *handle, CURLoption option, struct curl_slist *value) {
    return curl_easy_setopt(handle, option, value);
}

/// curl_easy_setopt, variadic, with what reads a body, writes one or takes a header line.
static inline CURLcode clibcurl_set_transfer_callback(
    CURL *handle, CURLoption option, size_t (*callback)(char *, size_t, size_t, void *)
) {
    return curl_easy_setopt(handle, option, callback);
}

/// curl_easy_setopt, variadic, with what rewinds a body.
static inline CURLcode clibcurl_set_seek_callback(CURL *handle, int (*callback)(void *, curl_off_t, int)) {
    return curl_easy_setopt(handle, CURLOPT_SEEKFUNCTION, callback);
}

/// curl_easy_setopt, variadic, with what is called when a connection is there and the request is about to be sent.
static inline CURLcode clibcurl_set_prerequest_callback(
    CURL *handle, int (*callback)(void *, char *, char *, int, int)
) {
    return curl_easy_setopt(handle, CURLOPT_PREREQFUNCTION, callback);
}

/// curl_easy_getinfo, variadic, for a `long`.
static inline CURLcode clibcurl_get_long(CURL *handle, CURLINFO info, long *value) {
    return curl_easy_getinfo(handle, info, value);
}

/// curl_easy_getinfo, variadic, for a pointer.
static inline CURLcode clibcurl_get_pointer(CURL *handle, CURLINFO info, void **value) {
    return curl_easy_getinfo(handle, info, value);
}

/// curl_multi_setopt, variadic, with a `long`.
static inline CURLMcode clibcurl_multi_set_long(CURLM *handle, CURLMoption option, long value) {
    return curl_multi_setopt(handle, option, value);
}
