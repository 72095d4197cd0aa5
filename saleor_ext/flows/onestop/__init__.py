"""The one-stop exception: wish, forms, the counter, online results, notices to other towns."""
